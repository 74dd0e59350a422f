import { masked } from "../findings/index.js";

/** Names whose values are taken for secrets, as the quotes of snippets take them. */
const SECRET_NAME = /authorization|token|secret|passw|api[-_]?key/i;
/** Cookies that hold a session or worse. */
const SECRET_COOKIE = /sess|sid$|auth|token|secret|passw|key|jwt/i;
/** What a condition asks for without knowing a secret. */
const INNOCENT = /^(?:|-?\d{1,3}|yes|no|on|off|true|false|always|never)$/i;
/** What the simulators write for a value that they do not know. */
const SYMBOL = /\{[^{}]*\}/g;

const HIDDEN = "…";

/**
 * Value of a header as an example may show it. The manifest may hold a credential where the quote of its directive leaves it out; what the
 * simulators write in braces says something and hides nothing.
 *
 * @param name in any case; absent for what is no header
 */
export function shownValue(name: string | undefined, value: string): string {
  if (name === undefined || value === "") return masked(value);
  if (/^set-cookie$/i.test(name)) return value.replaceAll(/(^|, )([\w.-]+=)[^;,]*/g, `$1$2${HIDDEN}`);
  if (/^cookie$/i.test(name)) return shownCookies(value);
  if (!SECRET_NAME.test(name) || INNOCENT.test(value)) return masked(value);
  const known = value.match(SYMBOL) ?? [];
  return known.join(", ") === value ? value : [...known, HIDDEN].join(", ");
}

function shownCookies(value: string): string {
  return value
    .split("; ")
    .map((pair) => {
      const [, name = "", text = ""] = /^([^=]*)=(.*)$/.exec(pair) ?? [];
      return SECRET_COOKIE.test(name) && !INNOCENT.test(text) ? `${name}=${HIDDEN}` : pair;
    })
    .join("; ");
}

/** Query of a request, with the values of arguments left out that look like secrets. */
export function shownQuery(query: string): string {
  return query
    .split("&")
    .map((part) => {
      const [, name = "", text = ""] = /^([^=]*)=(.*)$/.exec(part) ?? [];
      return SECRET_NAME.test(name) && !INNOCENT.test(text) ? `${name}=${HIDDEN}` : part;
    })
    .join("&");
}
