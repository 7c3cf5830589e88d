// Asking the server: JSON there and back. What it refuses becomes a sentence.

import { t } from "./player.js";

export class Refused extends Error {}

async function ask(method, path, body, signal) {
  const isForm = body instanceof FormData;
  const options = { method, signal };
  if (body !== undefined) options.body = isForm ? body : JSON.stringify(body);
  if (body !== undefined && !isForm) options.headers = { "Content-Type": "application/json" };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(t("monody does not answer: is it still running?"));
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw new Refused(told.error || t("That did not work ({status}).", { status: answer.status }));
}

const json = async (...asked) => (await ask(...asked)).json();

export const get = (path, signal) => json("GET", path, undefined, signal);
export const post = (path, body = {}, signal) => json("POST", path, body, signal);
export const patch = (path, body) => json("PATCH", path, body);
export const remove = (path) => json("DELETE", path);
export const text = async (path, signal) => (await ask("GET", path, undefined, signal)).text();
