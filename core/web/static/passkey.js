/* Passkeys: asks the browser, puts the answer into the form and sends it. Pages say without this file what else can be done. */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list || []).map((item) => ({ ...item, id: bytes(item.id) }));

const create = async (options) => {
  const made = await navigator.credentials.create({ publicKey: {
    ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  } });
  return { ...whole(made), response: {
    clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() || [],
  } };
};

const get = async (options) => {
  const used = await navigator.credentials.get({ publicKey: {
    ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials),
  } });
  const { clientDataJSON, authenticatorData, signature, userHandle } = used.response;
  return { ...whole(used), response: {
    clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  } };
};

const whole = (credential) => ({ id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {} });

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  const button = form.querySelector("[data-passkey-start]"), problem = form.querySelector("[data-passkey-problem]");
  form.hidden = false;
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    problem.hidden = true;
    try {
      const asked = await fetch(form.dataset.options, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!asked.ok) return location.reload();
      const options = await asked.json();
      form.elements.namedItem(form.dataset.field).value = JSON.stringify(await (form.dataset.passkey === "create" ? create : get)(options));
      form.submit();
    } catch {
      problem.hidden = false;
      button.removeAttribute("aria-busy");
    }
  });
}
