/** REST calls with the session cookie: JSON both ways, one error class, patience with 429. */

const TRIES = 4;

export class RestError extends Error {
  constructor(status, body) {
    super(fieldMessage(body?.errors) ?? body?.message ?? `HTTP ${status}`);
    this.status = status;
    this.code = body?.code ?? 0;
  }
}

/** The first message in Discord's nested tree of field errors. */
function fieldMessage(tree) {
  if (!tree || typeof tree !== "object") return undefined;
  if (Array.isArray(tree._errors)) return tree._errors[0]?.message;
  for (const branch of Object.values(tree)) {
    const found = fieldMessage(branch);
    if (found) return found;
  }
  return undefined;
}

async function call(method, path, body) {
  const request = { method, headers: {}, credentials: "same-origin", keepalive: document.visibilityState === "hidden" };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(path, request);
    if (answer.status === 429 && attempt < TRIES) {
      await pause(await retryAfter(answer));
      continue;
    }
    if (answer.status === 204) return null;
    const json = await answer.json().catch(() => null);
    if (answer.ok) return json;
    if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
    throw new RestError(answer.status, json);
  }
}

/** A form with files; `onProgress` is told the share that is sent, from 0 to 1. */
function upload(path, form, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve(request.response);
      else reject(new RestError(request.status, request.response));
    });
    request.addEventListener("error", () => reject(new TypeError("the connection was lost")));
    request.send(form);
  });
}

async function retryAfter(answer) {
  const body = await answer.json().catch(() => null);
  return Math.min(Number(body?.retry_after ?? answer.headers.get("Retry-After") ?? 1), 20) * 1000;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const rest = {
  get: (path) => call("GET", path),
  post: (path, body = {}) => call("POST", path, body),
  upload,
  put: (path, body) => call("PUT", path, body),
  patch: (path, body) => call("PATCH", path, body),
  delete: (path) => call("DELETE", path),
};

export const API = "/api/v10";
export const AGORA = "/api/agora";
