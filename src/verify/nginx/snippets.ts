import type { Server, Settings } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { parseConfig, type Directive } from "../../nginx-config/index.js";
import { inAnyNetwork } from "../addresses.js";
import type { ProbeRequest } from "../request.js";
import { expanded } from "./variables.js";

/** What the snippets of a location do to a request, as far as directives outside of blocks say it. */
export type SnippetEffect = {
  readonly returned?:
    | { readonly kind: "redirect"; readonly status: number; readonly location: string | undefined }
    | { readonly kind: "respond"; readonly status: number };
  readonly address?: "allowed" | "denied";
  /** Whether there is a snippet at all: its headers are not simulated. */
  readonly isPresent: boolean;
};

const NONE: SnippetEffect = { isPresent: false };

/** Directives of the location count before those of the server. */
export function snippetEffect(server: Server, settings: Settings, request: ProbeRequest): SnippetEffect {
  const texts = [settingOf(settings, "configuration-snippet"), settingOf(server.settings, "server-snippet")];
  if (texts.every((setting) => setting === undefined)) return NONE;
  const directives = texts.flatMap((setting) => (setting === undefined ? [] : parseConfig(setting.value).directives));
  const returned = returnOf(directives, request);
  const address = addressOf(directives, request);
  return {
    isPresent: true,
    ...(returned === undefined ? {} : { returned }),
    ...(address === undefined ? {} : { address }),
  };
}

/** `return` without a text is an error page, with one a redirect or an answer (ngx_http_rewrite_module). */
function returnOf(directives: readonly Directive[], request: ProbeRequest): SnippetEffect["returned"] {
  const [code = "", text] = directives.find(({ name }) => name === "return")?.args ?? [];
  if (!/^\d{3}$/.test(code)) return undefined;
  const status = Number(code);
  if (text !== undefined && [301, 302, 303, 307, 308].includes(status))
    return { kind: "redirect", status, location: expanded(text, request) };
  return { kind: "respond", status };
}

function addressOf(directives: readonly Directive[], request: ProbeRequest): SnippetEffect["address"] {
  const list = directives.filter(({ name }) => name === "allow" || name === "deny");
  if (list.length === 0) return undefined;
  const first = list.find(({ args: [range = ""] }) => range === "all" || inAnyNetwork(request.address, [range]));
  return first?.name === "deny" ? "denied" : "allowed";
}
