import type { ControllerConfig, ServedIngress } from "../../ingress-nginx/index.js";
import type { Origin } from "../../kubernetes/index.js";
import { settingOf } from "../../mappings/index.js";
import type { Directive } from "../../nginx-config/index.js";
import { parsed } from "./parsed.js";

/** `allow` or `deny` around the TCP and UDP services. */
export type StreamRule = {
  readonly action: "Allow" | "Deny";
  readonly address: string;
  readonly directive: Directive;
  readonly origin: Origin;
};

/** The list in its order: the texts of the Ingresses, then that of the ConfigMap (ingress-nginx 1.15.1, nginx.go, generateTemplate). */
export function streamAccess(served: readonly ServedIngress[], controller: ControllerConfig): readonly StreamRule[] {
  const ofIngresses = served.flatMap(({ settings }) => {
    const setting = settingOf(settings, "stream-snippet");
    return setting === undefined ? [] : [{ text: setting.value, origin: setting.origin }];
  });
  const { text, origin } = controller.value("stream-snippet");
  const all = [...ofIngresses, ...(origin === undefined ? [] : [{ text, origin }])];
  return all.flatMap((holder) =>
    parsed(holder).directives.flatMap((directive): StreamRule[] => {
      const { name, args } = directive;
      if (name !== "allow" && name !== "deny") return [];
      return [
        { action: name === "allow" ? "Allow" : "Deny", address: args[0] ?? "", directive, origin: holder.origin },
      ];
    }),
  );
}
