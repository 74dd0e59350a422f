import { finding, type Finding } from "../../../findings/index.js";
import type { FeatureOf } from "../../../plan/index.js";
import type { Translator } from "../../translator.js";

type Part = FeatureOf<"snippets">["parts"][number];

/** Directives that decide who may come in. */
const PROTECTING =
  /^(allow|deny|satisfy|auth_[a-z_]+|access_by_lua[a-z_]*|rewrite_by_lua[a-z_]*|ssl_verify_client|ssl_client_certificate|limit_except|secure_link[a-z_]*|valid_referers)$/;
/** `return` with a status that refuses the request; 404 and 444 are the usual way to hide a path. */
const REFUSING = /^(401|403|404|444)$/;

/**
 * Raw nginx configuration is not translated. A snippet that refuses requests closes the rule, because a source list or an
 * authentication may be what it held; `auth` snippets only shape the request to the auth service, `stream` ones other ports.
 */
export const snippets: Translator<"snippets"> = (feature, rule, { options, target }) => {
  const closed = !options.allowUnprotected;
  const findings: Finding[] = [];
  let protects = false;
  for (const part of feature.parts) {
    const directives = readDirectives(part.text);
    const refusing = part.where === "configuration" || part.where === "server" ? directives.filter(isRefusing) : [];
    protects ||= refusing.length > 0;
    const told = { ingress: rule.owner.id, key: part.setting.key };
    findings.push(
      refusing.length > 0
        ? finding(
            "SNIPPET_MAY_PROTECT",
            part.setting.origin,
            { ...told, directives: named(refusing, true), closed },
            { target },
          )
        : finding(
            "SNIPPET_NOT_TRANSLATED",
            part.setting.origin,
            { ...told, directives: named(directives, false) },
            { target },
          ),
    );
  }
  return {
    verdict: "unsupported",
    findings,
    ...(protects && closed
      ? { close: { status: 403, reason: "a snippet refused requests, and that is not translated" } }
      : {}),
  };
};

type Directive = { readonly name: string; readonly argument: string };

/** The directives of a snippet: the first word after each `;`, `{` or `}`, comments left out. */
function readDirectives(text: Part["text"]): readonly Directive[] {
  const code = text
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "$1"))
    .join("\n");
  return code.split(/[;{}]/).flatMap((statement) => {
    const [name = "", argument = ""] = statement.trim().split(/\s+/);
    return name === "" ? [] : [{ name: name.toLowerCase(), argument }];
  });
}

function isRefusing({ name, argument }: Directive): boolean {
  return PROTECTING.test(name) || (name === "return" && REFUSING.test(argument));
}

function named(directives: readonly Directive[], withStatus: boolean): string {
  const names = directives.map(({ name, argument }) =>
    withStatus && name === "return" ? `${name} ${argument}` : name,
  );
  return [...new Set(names)].join(", ") || "none";
}
