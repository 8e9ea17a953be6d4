/* The only place that says fetch. Every request goes to this site. */

/** POST a form; true when it was taken (the answer is a redirect, which isn't followed). */
export async function post(address, fields) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  try {
    const answer = await fetch(address, {
      method: "POST",
      body: new URLSearchParams({ ...fields, csrfmiddlewaretoken: token }),
      headers: { "X-CSRFToken": token },
      redirect: "manual",
      credentials: "same-origin",
    });
    return answer.ok || answer.type === "opaqueredirect";
  } catch {
    return false;
  }
}

/** Another page of this site as a document, or null. (Trusted Types leave no parser but this.) */
export function page(address) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.timeout = 15_000;
    request.onload = () => done(request.status === 200 ? request.responseXML : null);
    request.onerror = request.ontimeout = request.onabort = () => done(null);
    request.send();
  });
}

/** Put a page into the browser's cache, so that it opens without a network. */
export function warm(address) {
  fetch(address, { credentials: "omit" }).catch(() => {});
}

/** What the site answers as JSON to a GET. Throws when it doesn't. */
export async function json(address) {
  const answer = await fetch(address, {
    headers: { Accept: "application/json" },
    credentials: "same-origin",
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
