import type { Location, NginxModel, Server, Settings } from "../../../ingress-nginx/index.js";
import { settingOf } from "../../../mappings/index.js";
import { parseConfig, type Directive } from "../../../nginx-config/index.js";

/** Where the text of a directive stands: the key of an annotation with its Ingress, or a key of the controller's ConfigMap. */
export type SnippetSource = { readonly ingress?: string; readonly key: string };

/** A directive of a snippet with its place. */
export type Placed = Omit<Directive, "block"> & { readonly from: SnippetSource; readonly block?: readonly Placed[] };

/** Picks directives that are taken to be absent, to ask what the answer would be without them. */
export type Without = {
  readonly isLeftOut: (directive: Directive, from: SnippetSource) => boolean;
  /** Whether a text that nginx cannot read counts as far as it can be read. */
  readonly isForgiven: (from: SnippetSource) => boolean;
};

export const ALL_THERE: Without = { isLeftOut: () => false, isForgiven: () => false };

/** Directives of one text, or why nginx refuses the text. */
export type SnippetText = { readonly directives: readonly Placed[]; readonly refused?: string };

const EMPTY: SnippetText = { directives: [] };

/** The texts that stand around a request, from the outside in (nginx.tmpl). */
export type ServerTexts = {
  /** http {}, in front of everything else. */
  readonly http: SnippetText;
  /** The annotation of the host, in front of its locations. */
  readonly before: SnippetText;
  /** The ConfigMap's text, behind them. */
  readonly after: SnippetText;
  /** The ConfigMap's text of a location. */
  readonly everywhere: SnippetText;
  /** The annotation and the ConfigMap's text of a location, in this order. */
  readonly ofLocation: (location: Location) => SnippetText;
};

/** The texts of a server, without what is left out; undefined where no text stands anywhere. */
export function textsOf(model: NginxModel, server: Server, without: Without): ServerTexts | undefined {
  const { controller } = model;
  const fromMap = (key: "http-snippet" | "server-snippet" | "location-snippet"): SnippetText =>
    read(controller.value(key).text, { key }, without);
  const own = settingOf(server.settings, "server-snippet");
  const http = fromMap("http-snippet");
  const before = own === undefined ? EMPTY : read(own.value, { ingress: own.ingress, key: "server-snippet" }, without);
  const after = fromMap("server-snippet");
  const everywhere = fromMap("location-snippet");
  const hasOwn = server.locations.some(({ settings }) => settings.has("configuration-snippet"));
  if (!hasOwn && [http, before, after, everywhere].every(isEmpty)) return undefined;
  const known = new Map<Settings, SnippetText>();
  const ofLocation = ({ settings }: Location): SnippetText => {
    const found = known.get(settings);
    if (found !== undefined) return found;
    const setting = settingOf(settings, "configuration-snippet");
    const written =
      setting === undefined
        ? EMPTY
        : read(setting.value, { ingress: setting.ingress, key: "configuration-snippet" }, without);
    const joined = join(written, everywhere);
    known.set(settings, joined);
    return joined;
  };
  return { http, before, after, everywhere, ofLocation };
}

const isEmpty = ({ directives, refused }: SnippetText): boolean => directives.length === 0 && refused === undefined;

function join(first: SnippetText, second: SnippetText): SnippetText {
  if (isEmpty(second)) return first;
  const refused = first.refused ?? second.refused;
  return {
    directives: [...first.directives, ...second.directives],
    ...(refused === undefined ? {} : { refused }),
  };
}

function read(text: string, from: SnippetSource, without: Without): SnippetText {
  if (text.trim() === "") return EMPTY;
  const { directives, problem } = parseConfig(text);
  return {
    directives: placed(directives, from, without),
    // nginx stops at the first error and keeps the configuration that it has.
    ...(problem === undefined || without.isForgiven(from)
      ? {}
      : { refused: `line ${problem.at.line} of ${from.key}: ${problem.reason}` }),
  };
}

function placed(directives: readonly Directive[], from: SnippetSource, without: Without): Placed[] {
  return directives
    .filter((directive) => !without.isLeftOut(directive, from))
    .map(({ block, ...directive }) => ({
      ...directive,
      from,
      ...(block === undefined ? {} : { block: placed(block, from, without) }),
    }));
}
