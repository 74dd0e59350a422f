/** Types by the ending of a path, of those that texts are written in (nginx 1.27.1, conf/mime.types, which the controller's nginx.conf includes). */
const BY_ENDING: ReadonlyMap<string, string> = new Map([
  ["html", "text/html"],
  ["htm", "text/html"],
  ["shtml", "text/html"],
  ["css", "text/css"],
  ["xml", "text/xml"],
  ["js", "application/javascript"],
  ["atom", "application/atom+xml"],
  ["rss", "application/rss+xml"],
  ["mml", "text/mathml"],
  ["txt", "text/plain"],
  ["jad", "text/vnd.sun.j2me.app-descriptor"],
  ["wml", "text/vnd.wap.wml"],
  ["htc", "text/x-component"],
  ["svg", "image/svg+xml"],
  ["svgz", "image/svg+xml"],
  ["ico", "image/x-icon"],
  ["gif", "image/gif"],
  ["jpeg", "image/jpeg"],
  ["jpg", "image/jpeg"],
  ["png", "image/png"],
  ["webp", "image/webp"],
  ["json", "application/json"],
  ["pdf", "application/pdf"],
  ["m3u8", "application/vnd.apple.mpegurl"],
  ["kml", "application/vnd.google-earth.kml+xml"],
  ["xhtml", "application/xhtml+xml"],
  ["xspf", "application/xspf+xml"],
  ["zip", "application/zip"],
]);

/** What the controller sets around all servers (ingress-nginx 1.15.1, nginx.tmpl). */
export const DEFAULT_TYPE = "text/html";

/** The type that the ending of a path stands for (ngx_http_set_exten, ngx_http_set_content_type); undefined where `default_type` decides. */
export function typeOfEnding(path: string): string | undefined {
  const ending = /\.([^./]+)$/.exec(path)?.[1];
  return ending === undefined ? undefined : BY_ENDING.get(ending.toLowerCase());
}
