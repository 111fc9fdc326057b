// The one script of Homeward: it carries what the server asks to the person's
// device, and the device's answer back in the page's own form. It fetches
// nothing and keeps nothing.
"use strict";

(function () {
  const form = document.querySelector("form[data-passkey]");
  const button = document.querySelector("[data-passkey-button]");
  const message = document.querySelector("[data-passkey-message]");
  if (!form || !button || !window.PublicKeyCredential || !navigator.credentials) {
    return;
  }
  document.querySelector("[data-passkey-without]").hidden = true;
  for (const shown of document.querySelectorAll("[data-passkey-button], [data-passkey-name]")) {
    shown.hidden = false;
  }

  const fromText = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  // The server writes bytes as text; devices want bytes.
  const options = () => {
    const asked = JSON.parse(form.dataset.options).publicKey;
    asked.challenge = fromText(asked.challenge);
    if (asked.user) {
      asked.user.id = fromText(asked.user.id);
    }
    for (const list of [asked.allowCredentials, asked.excludeCredentials]) {
      for (const key of list || []) {
        key.id = fromText(key.id);
      }
    }
    return { publicKey: asked };
  };

  const answer = (key) => {
    const response = { clientDataJSON: toText(key.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[part]) {
        response[part] = toText(key.response[part]);
      }
    }
    if (key.response.getTransports) {
      response.transports = key.response.getTransports();
    }
    return JSON.stringify({ id: key.id, rawId: toText(key.rawId), type: key.type, response, clientExtensionResults: key.getClientExtensionResults() });
  };

  button.addEventListener("click", async () => {
    button.disabled = true;
    message.textContent = "";
    try {
      const key = await navigator.credentials[form.dataset.passkey](options());
      form.elements.response.value = answer(key);
      form.submit();
    } catch {
      message.textContent = "Your device did not give a passkey. Try again, or use the other way below.";
      button.disabled = false;
    }
  });
})();
