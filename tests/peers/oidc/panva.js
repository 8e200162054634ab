// A real OpenID provider (oidc-provider by Filip Skokan) that enforces PKCE, on a free loopback port.
// Prints one line of JSON when it listens. POST /control {account, acr, deny} says who signs in next, and how.
import http from 'node:http';
import { Provider } from 'oidc-provider';

const back = process.argv[2];
const state = { account: 'person-1', acr: 'LoA2', deny: false, claims: {}, drop: false };
const logouts = [];
const server = http.createServer();

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const client = (client_id, method, more = {}) => ({
    client_id,
    client_secret: 'a secret+with/odd%signs-of-32-characters',
    token_endpoint_auth_method: method,
    redirect_uris: [`${back}/sign-in/with/${client_id}/back`],
    post_logout_redirect_uris: [`${back}/sign-in/out`],
    backchannel_logout_uri: `${issuer}/backchannel/${client_id}`,
    backchannel_logout_session_required: true,
    ...more,
  });
  const key = JSON.parse(process.argv[3]);
  const provider = new Provider(issuer, {
    clients: [
      client('test', 'client_secret_basic'),
      client('oidc_school.HOAPHUONG', 'client_secret_basic'),
      client('oidc_school.CANHDIEU', 'client_secret_basic'),
      client('test_post', 'client_secret_post'),
      client('test_key', 'private_key_jwt', { client_secret: undefined, jwks: { keys: [key] } }),
    ],
    acrValues: ['LoA1', 'LoA2', 'LoA3'],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name', 'birthdate', 'national_id'], acr: null, sid: null, auth_time: null, iss: null },
    conformIdTokenClaims: true,
    scopes: ['openid', 'profile'],
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => { ctx.body = `<html>${form}<button form="op.logoutForm" name="logout" value="yes"></button></html>`; },
        postLogoutSuccessSource: (ctx) => { ctx.body = 'out'; },
      },
      userinfo: { enabled: true },
    },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: 'Nguyễn Thị Hoa', birthdate: '1988-02-03', national_id: '001088000123', ...state.claims }),
    }),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['for tests only'] },
    renderError: (ctx, out) => { ctx.body = JSON.stringify(out); },
    ttl: { Session: 600, Grant: 600, Interaction: 600, IdToken: 600, AccessToken: 30 },
    // The logout receiver is under test in another process without a socket: it is played to it from here.
    fetch: async (url, options) => { logouts.push({ url: String(url), body: String(options.body) }); return new Response('', { status: 200 }); },
    loadExistingGrant: async (ctx) => {
      const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  provider.proxy = false;
  const answer = provider.callback();
  server.on('request', async (request, response) => {
    if (request.url === '/control') {
      let body = '';
      for await (const chunk of request) body += chunk;
      Object.assign(state, JSON.parse(body || '{}'));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ logouts }));
    } else if (request.url.startsWith('/interaction/')) {
      const result = state.deny
        ? { error: 'access_denied', error_description: 'no' }
        : { login: { accountId: state.account, acr: state.acr, amr: ['pwd'], remember: true, ts: Math.floor(Date.now() / 1000) } };
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    } else {
      answer(request, response);
    }
  });
  console.log(JSON.stringify({ issuer }));
});
