import type { Location, NginxModel, Server } from "../../ingress-nginx/index.js";
import { isOfTemplate, withInner, type Directive } from "../../nginx-config/index.js";
import type { Features, SnippetPart } from "../features.js";
import { unknownVariable } from "./known-variables.js";
import { isDefinition } from "./http-level.js";
import { misplacedIn, misplacedInside, secondOnes, type Refused } from "./misplaced.js";
import { isOfRewritePhase, type Level, type Placed } from "./tree.js";

/** Directives outside of the rewrite module that count for one outcome, and why others do not. */
export type Content = {
  readonly inForce: ReadonlySet<Directive>;
  readonly idle: ReadonlyMap<Directive, string>;
};

/** Lists that an inner level takes over from the outer one only where it has none of its own (ngx_conf_merge_ptr_value and its like). */
const LISTS: Readonly<Record<string, string>> = {
  add_header: "add_header",
  proxy_set_header: "proxy_set_header",
  grpc_set_header: "grpc_set_header",
  proxy_hide_header: "proxy_hide_header",
  proxy_pass_header: "proxy_pass_header",
  add_trailer: "add_trailer",
  sub_filter: "sub_filter",
  error_page: "error_page",
  auth_request_set: "auth_request_set",
  allow: "allow and deny",
  deny: "allow and deny",
};

/** Directives of which the module adds the inner ones to the outer ones (headers-more-nginx-module, merging of commands). */
const ADDED = /^more_/;

/** Lists that every location of the controller has lines of. */
const LISTS_OF_TEMPLATE = new Set(["proxy_set_header", "grpc_set_header"]);

type Around = {
  /** The location is one of a server snippet, in which nothing of the controller stands. */
  readonly isOwn?: boolean;
  /** The location of the controller that the directives stand in. */
  readonly location?: Location | undefined;
};

/** Directives that nginx refuses where they stand; with one of them it loads nothing of the whole configuration. */
export function refusedDirectives(
  server: Server | NginxModel,
  placed: readonly Placed[],
  level: Level | "http",
  { isOwn = false, location }: Around = {},
): readonly Refused[] {
  const repeated = secondOnes(placed.map(({ directive }) => directive));
  return placed.flatMap(({ directive }): Refused[] => {
    const unknown = unknownIn(directive, server);
    if (unknown !== undefined) return [unknown];
    if (repeated.has(directive))
      return [
        { directive, reason: `nginx takes ${directive.name} once in ${level === "http" ? "http {}" : `a ${level}`}` },
      ];
    const misplaced = misplacedIn(directive, level);
    if (misplaced !== undefined) return [misplaced];
    const reason =
      location === undefined || !("locations" in server) ? undefined : whyNotNested(directive, location, server);
    if (reason !== undefined) return [{ directive, reason }];
    if (!isOwn && isOfTemplate(directive.name, level)) return [{ directive, reason: WRITTEN[level] }];
    return level === "http" ? [] : misplacedInside(directive, level);
  });
}

/** Why a location cannot stand inside of one of the controller's (ngx_http_core_location); those in a snippet of the server can. */
function whyNotNested(
  { name, args }: Directive,
  around: Location,
  { locations, regexMode }: Server,
): string | undefined {
  if (name !== "location") return undefined;
  const isPattern = args[0]?.startsWith("~") === true;
  if (regexMode !== undefined)
    return isPattern ? undefined : "nginx takes none but expressions inside of a location that is one";
  const { path, pathType } = around;
  // A prefix is written as an exact location as well, unless there is one (location.go, updateServerLocations).
  const isExact =
    pathType === "Exact" ||
    (path !== "/" && !locations.some((other) => other.pathType === "Exact" && other.path === path));
  if (isExact) return `nginx takes no location inside of an exact one, and the controller writes "${path}" as one`;
  const text = args.at(-1) ?? "";
  if (text.startsWith("@")) return "nginx takes named locations in a server only";
  const slashed = path.endsWith("/") ? path : `${path}/`;
  return isPattern || text.startsWith(slashed) ? undefined : `it is outside of the location "${slashed}"`;
}

const WRITTEN = {
  http: "the controller writes it into http {} already, and nginx takes it once",
  server: "the controller writes it into every server already, and nginx takes it once",
  location: "the controller writes it into every location already, and nginx takes it once",
};

/** A directive, or one inside of it, that reads a variable which nothing defines; blocks of locations answer for themselves. */
function unknownIn(directive: Directive, server: Server | NginxModel): Refused | undefined {
  return directive.name === "location" ? undefined : unknownInside(directive, server);
}

export function unknownInside(directive: Directive, server: Server | NginxModel): Refused | undefined {
  for (const inner of withInner(directive)) {
    const name = unknownVariable(inner, server);
    if (name !== undefined) return { directive: inner, reason: `nginx knows no variable $${name}` };
  }
  return undefined;
}

type Levels = {
  readonly http: readonly Placed[];
  readonly server: readonly Placed[];
  readonly location: readonly Placed[];
  readonly inside?: Placed;
  /** Where the rewrite phase answers, so that nothing behind it is asked. */
  readonly answers: Level | undefined;
};

/** Directives of the access phase. */
const ACCESS = /^(?:allow|deny|satisfy|auth_.*|access_by_lua.*|limit_except)$/;

/** Sorts out which directives count inside of `inside`, or in the location itself. */
export function contentOf(
  { http, server, location, inside, answers }: Levels,
  features: Features | undefined,
): Content {
  const ofHttp = plain(http).filter((directive) => !isDefinition(directive));
  const ofServer = plain(server);
  const ofLocation = plain(location);
  const ofIf = (inside?.directive.block ?? []).filter((directive) => !isOfRewritePhase(directive));
  // No location is chosen yet when the server answers.
  const levels = answers === "server" ? [ofHttp, ofServer] : [ofHttp, ofServer, ofLocation, ofIf];
  const inForce = new Set<Directive>();
  const idle = new Map<Directive, string>();
  const isAsked = features?.externalAuth !== undefined && answers !== "server";
  for (const [depth, directives] of levels.entries()) {
    const inner = levels.slice(depth + 1).flat();
    for (const directive of directives) {
      const reason =
        answers !== undefined && ACCESS.test(directive.name)
          ? "a return answers before anybody asks who may come in"
          : (ofAnotherModule(directive, features) ??
            (depth < 2 && isAsked && directive.name === "add_header"
              ? "locations with an external authentication have an add_header of their own"
              : whyIdle(directive, inner, depth < 2 ? features : undefined)));
      if (reason === undefined) inForce.add(directive);
      else idle.set(directive, reason);
    }
  }
  return { inForce, idle };
}

const plain = (placed: readonly Placed[]): Directive[] =>
  placed.map(({ directive }) => directive).filter((directive) => !isOfRewritePhase(directive));

/** grpc_pass and fastcgi_pass do not read what is said to proxy_pass (ngx_http_grpc_module, ngx_http_fastcgi_module), nor the other way round. */
function ofAnotherModule({ name }: Directive, features: Features | undefined): string | undefined {
  const protocol = features?.backendProtocol?.protocol ?? "HTTP";
  const module = protocol.startsWith("GRPC") ? "grpc" : protocol === "FCGI" ? "fastcgi" : "proxy";
  const [, own] = /^(proxy|grpc)_(?:set|hide|pass)_header$/.exec(name) ?? [];
  return own === undefined || own === module
    ? undefined
    : `the backend is reached by ${module}_pass, which does not read it`;
}

const namesCheck = ({ config }: SnippetPart): boolean => config.directives.some(({ name }) => name === "auth_request");

/** @param ofServer features of the location, where the directive stands in the server or around it */
function whyIdle(
  { name, block }: Directive,
  inner: readonly Directive[],
  ofServer: Features | undefined,
): string | undefined {
  if (ADDED.test(name) || block !== undefined) return undefined;
  const list = LISTS[name];
  if (list !== undefined && inner.some((other) => LISTS[other.name] === list))
    return `lines of ${list} further inside replace it`;
  if (list === undefined && inner.some((other) => other.name === name))
    return "the same directive further inside counts";
  if (ofServer === undefined) return undefined;
  if (isOfTemplate(name, "location")) return "the controller writes it into every location, and that counts";
  if (LISTS_OF_TEMPLATE.has(name))
    return `every location of the controller has its own ${name}, which replace those of the server`;
  if (name === "auth_request_set" && ofServer.snippets?.parts.some(namesCheck) !== true)
    return ofServer.externalAuth === undefined
      ? "nobody asks an auth service here"
      : "locations with an external authentication have an auth_request_set of their own";
  if (list === "allow and deny" && ofServer.ipAccess !== undefined && ofServer.ipAccess.isOfHttp !== true)
    return "the address list of the location replaces it";
  return undefined;
}

/** Headers of the answer: they count where nginx answers by itself too. */
export const setsHeader = ({ name }: Directive): boolean =>
  /^(?:add_header|expires|more_(?:set|clear)_headers)$/.test(name);
