// Hands the digests of a form's `data-signing-prompt` to the signing program of this computer, one after the other over
// one web socket, and sends what it signed by the form's field `code`. The server checks every signature.
//   <form data-signing-agent data-signing-prompt="{...}"> <input name="code"> <p data-signing-failed hidden>
const OPENING = 5_000;
const PIN_TIME = 120_000;

function open(address) {
  return new Promise((done, fail) => {
    const socket = new WebSocket(address);
    const timer = setTimeout(() => { socket.close(); fail(new Error("no_agent")); }, OPENING);
    socket.onopen = () => { clearTimeout(timer); done(socket); };
    socket.onerror = () => { clearTimeout(timer); fail(new Error("no_agent")); };
  });
}

function ask(socket, message) {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => { socket.close(); fail(new Error("no_answer")); }, PIN_TIME);
    socket.onclose = () => { clearTimeout(timer); fail(new Error("closed")); };
    socket.onmessage = (event) => {
      clearTimeout(timer);
      socket.onclose = null;
      try { done(JSON.parse(event.data)); } catch { fail(new Error("unreadable")); }
    };
    socket.send(JSON.stringify(message));
  });
}

/** Signs until the end or the first refusal; what was signed before it counts. */
async function sign(prompt) {
  const answer = { signatures: {}, certificates: {}, error: "" };
  let socket;
  try {
    for (const { id, digest } of prompt.digests) {
      // Some programs close the socket after each answer.
      if (!socket || socket.readyState !== WebSocket.OPEN) socket = await open(prompt.agent);
      const told = await ask(socket, { HashAlg: "SHA256", HashValue: digest, Encode: "RSA" });
      if (Number(told.Status ?? 0) !== 0 || !told.Signature) throw new Error("declined");
      answer.signatures[id] = told.Signature;
      if (told.CertBase64) answer.certificates[id] = told.CertBase64;
    }
  } catch (problem) {
    answer.error = problem.message;
  } finally {
    socket?.close();
  }
  return answer;
}

for (const form of document.querySelectorAll("form[data-signing-agent]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const failed = form.querySelector("[data-signing-failed]");
    if (button.disabled) return;
    button.disabled = true;
    if (failed) failed.hidden = true;
    const answer = await sign(JSON.parse(form.dataset.signingPrompt));
    if (failed && Object.keys(answer.signatures).length === 0) {
      failed.hidden = false;
      button.disabled = false;
      return;
    }
    form.elements.code.value = JSON.stringify(answer);
    form.submit();
  });
}
