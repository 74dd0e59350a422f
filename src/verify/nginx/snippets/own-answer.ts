import { NO_HEADERS, type Gate, type HeaderChanges } from "../../decision.js";
import { addressOutcome, certificateCheck, refusalOf, snippetPassword } from "../access.js";
import { TOO_LARGE, type Answer, type Frame } from "../frame.js";
import { innermost, inputChanges, proxyHeaders, withInput, type Levels } from "./header-effects.js";
import { isExcepted } from "./limit-except.js";
import type { OwnLocation } from "./own-locations.js";
import { locationLevels, unknownEffect } from "./prepared.js";
import { ownLimits, proxied } from "./proxying.js";
import { absolute, run } from "./rewriting.js";
import { enterBlock, type State } from "./state.js";

/**
 * A `location` of a server snippet: none of the controller's own directives stand in it, so neither annotations nor HTTPS redirect, HSTS, forwarded
 * headers or rate limits are in force.
 */
export function ownAnswer(frame: Frame, state: State, own: OwnLocation): Answer | "moved" {
  const { snippets, request: sent } = frame;
  if (snippets === undefined) return { outcome: { kind: "respond", status: 404 } };
  enterBlock(state);
  const { directives } = own;
  const effects = (): Pick<Answer, "effects"> => ({
    effects: { levels: locationLevels(snippets, directives, state), state },
  });
  if (directives.some(({ name }) => name === "internal") && !state.isRewritten)
    return { outcome: { kind: "respond", status: 404 }, ...effects() };
  const { bodyBytes } = ownLimits(locationLevels(snippets, directives, state));
  if (bodyBytes !== undefined && sent.bodyBytes > bodyBytes) return { outcome: TOO_LARGE, ...effects() };
  const excepted = isExcepted(directives, sent.method);
  const end = excepted ? ({ kind: "end" } as const) : run(directives, state);
  if (end.kind === "answered") return { outcome: absolute(end.answer, state), ...effects() };
  if (state.isMoved) return "moved";
  const except = directives.find(({ name }) => name === "limit_except");
  const inner = excepted && except?.block !== undefined ? [except.block] : [];
  const levels = [...locationLevels(snippets, directives, state), ...inner];
  // What a block looks for is said below.
  const unknown = unknownEffect(levels.map((level) => level.filter(({ name }) => name !== "try_files")));
  if (unknown !== undefined) return { outcome: { kind: "undecidable", reason: unknown }, ...effects() };
  return { ...effects(), ...content({ frame, state, own }, levels) };
}

type Here = { readonly frame: Frame; readonly state: State; readonly own: OwnLocation };

function content(
  { frame, state, own }: Here,
  levels: Levels,
): Pick<Answer, "outcome" | "gate" | "requestHeaders" | "limits"> {
  const request = withInput(levels, state);
  const { controller } = frame.model;
  // Of the location and of limit_except the innermost block with rules counts, not both.
  const rules = [...levels.slice(0, 2), innermost(levels.slice(2), "allow", "deny")];
  const { address, isListed } = addressOutcome(undefined, request.address, controller, rules);
  // The handshake is that of the host.
  const authentication = [...certificateCheck(frame.server, frame.request), ...snippetPassword(levels)];
  const gate: Gate = { authentication, address };
  const satisfy = innermost(levels, "satisfy")[0]?.args[0] === "any" ? "any" : "all";
  const refused = refusalOf({ gate, satisfy, isListed }, request);
  if (refused !== undefined) return { gate, outcome: { kind: "respond", status: refused } };
  const limits = ownLimits(levels);
  const [directive] = innermost(levels.slice(2), "proxy_pass");
  const [tries] = innermost(levels, "try_files");
  // The root of the controller's nginx holds /index.html and /50x.html (images/nginx/rootfs/build.sh).
  const hasFiles = own.kind === "expression" || ["/index.html", "/50x.html"].some((page) => page.startsWith(own.text));
  if (tries?.args.at(-1) === "=404" && !hasFiles) return { gate, outcome: { kind: "respond", status: 404 } };
  if (directive === undefined || tries !== undefined)
    return {
      gate,
      outcome: { kind: "undecidable", reason: `files of the controller answer for "location ${own.text}"` },
    };
  const matchedText = own.kind === "expression" ? undefined : own.text;
  const target = proxied(directive.args[0] ?? "", state, matchedText);
  if (target.kind === "unknown") return { gate, outcome: { kind: "undecidable", reason: target.reason } };
  const { host, changes } = ownHeaders(levels, state, frame.request);
  const { backend, path } = target;
  return {
    gate,
    outcome: { kind: "forward", shares: [{ backend, share: 1 }], path, host: host ?? target.host },
    requestHeaders: changes,
    limits,
  };
}

/** proxy_set_header of the innermost level that has any; without one nginx sends the name in proxy_pass as Host. */
function ownHeaders(
  levels: Levels,
  state: State,
  before: Frame["request"],
): { readonly host: string | undefined; readonly changes: HeaderChanges } {
  const request = withInput(levels, state);
  const { host, set, removed } = proxyHeaders(NO_HEADERS, innermost(levels, "proxy_set_header"), state);
  const input = inputChanges(levels, before, request);
  return {
    host: host.length === 0 ? undefined : host.join(", "),
    changes: {
      set: { ...input.set, ...set },
      removed: [...new Set([...input.removed, ...removed])].filter((name) => set[name] === undefined),
    },
  };
}
