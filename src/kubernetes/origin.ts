/** A place in a file as people count it: both numbers start at 1. */
export type Position = { readonly line: number; readonly column: number };

/** Steps from the root of a document to a value: keys and list indices, e.g. `["spec", "rules", 0, "host"]`. */
export type JsonPath = readonly (string | number)[];

/**
 * One YAML or JSON document of one input file. Positions are worked out only when somebody asks
 * (`locate`), because most values are never reported and building a syntax tree for each document costs more
 * than the whole conversion.
 */
export type SourceDocument = {
  /** The name the user gave: a path relative to the working directory, or `-` for stdin. */
  readonly file: string;
  /** Position of the value at `path` (of its key, for a map entry); the closest existing parent when it is missing. */
  readonly locate: (path: JsonPath) => Position;
  /** Text of a line of the file that belongs to this document, without its end; absent where no text is at hand. */
  readonly lineAt?: (line: number) => string | undefined;
};

/** Where something came from. Every setting, rule, resource and finding carries at least one. */
export type Origin = {
  readonly document: SourceDocument;
  /** Steps from the document root (for an element of a List this starts with `items`, n). */
  readonly path: JsonPath;
  /** `Kind namespace/name`, e.g. `Ingress shop/web`. */
  readonly object: string;
  /** Full annotation key, when the origin is an annotation. */
  readonly annotation?: string;
};

/** An origin with its position worked out, as it appears in reports. */
export type Place = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly object: string;
  readonly annotation?: string;
};

/** Works out the position of an origin. */
export function placeOf(origin: Origin): Place {
  const { line, column } = origin.document.locate(origin.path);
  return {
    file: origin.document.file,
    line,
    column,
    object: origin.object,
    ...(origin.annotation === undefined ? {} : { annotation: origin.annotation }),
  };
}

/** The origin of something below `parent`: same object, longer path. */
export function below(parent: Origin, ...steps: (string | number)[]): Origin {
  return { document: parent.document, object: parent.object, path: [...parent.path, ...steps] };
}

/** The origin of one annotation of the object at `root`. */
export function annotationOrigin(root: Origin, key: string): Origin {
  return {
    document: root.document,
    object: root.object,
    path: [...root.path, "metadata", "annotations", key],
    annotation: key,
  };
}
