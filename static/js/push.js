/* 「この端末でうけとる」: asks the browser only when the button is pressed. */
const form = document.querySelector("form[data-push]");
const said = (name) => form.querySelector(`[data-said="${name}"]`);
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

/** The one script address that this page may register; Trusted Types let no other one through. */
function worker() {
  const address = form.dataset.worker;
  if (!window.trustedTypes) return address;
  const policy = trustedTypes.createPolicy("push-worker", {
    createScriptURL: (asked) => {
      if (asked !== address) throw new TypeError("not the worker");
      return asked;
    },
  });
  return policy.createScriptURL(address);
}

const address = form && "serviceWorker" in navigator ? worker() : null;

async function subscribe() {
  const there = await navigator.serviceWorker.register(address, { scope: form.dataset.scope });
  // A yes that was given to an older key leads nowhere any more.
  await (await there.pushManager.getSubscription())?.unsubscribe();
  return there.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(form.dataset.key),
  });
}

if (form) {
  const can = address && "PushManager" in window && "Notification" in window;
  form.hidden = false;
  said("cannot").hidden = Boolean(can);
  form.querySelector("button").disabled = !can;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const one of form.querySelectorAll("[data-said]")) one.hidden = true;
    if ((await Notification.requestPermission()) !== "granted") {
      said("denied").hidden = false;
      return;
    }
    try {
      const { endpoint, keys } = (await subscribe()).toJSON();
      form.elements.endpoint.value = endpoint;
      form.elements.p256dh.value = keys.p256dh;
      form.elements.auth.value = keys.auth;
      form.submit();
    } catch {
      said("failed").hidden = false;
    }
  });
  document.documentElement.dataset.ready = "";
}
