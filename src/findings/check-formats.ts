/** Formats that `check` writes findings in, by their name on the command line. Here because help must know them without loading a renderer. */
export const CHECK_FORMATS = ["text", "json", "sarif", "junit", "github", "markdown", "html"] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];
