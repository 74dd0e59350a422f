import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Translated } from "./acceptance.js";
import { bootstrap, shareOf, type Share } from "./envoy-config.js";
import { startEnvoy } from "./envoy.js";
import { startUpstream, type Upstream } from "./upstream.js";

/** A real proxy that serves the output of several conversions, each on sockets of its own. */
export type Proxy = {
  readonly upstream: Upstream;
  readonly shares: ReadonlyMap<string, Share>;
  readonly close: () => Promise<void>;
};

/** Starts Envoy with what Envoy Gateway has made of the conversions. It refuses the whole configuration for one mistake in it. */
export async function startProxy(envoy: string, conversions: ReadonlyMap<string, Translated>): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), "envoy-"));
  const adminSocket = join(folder, "admin");
  const upstream = await startUpstream();
  const shares = new Map(
    [...conversions].map(([name, translated], index) => [
      name,
      shareOf({ ...translated, mark: `c${index}`, folder, book: upstream.book, upstreamPort: upstream.port }),
    ]),
  );
  const close = async (): Promise<void> => {
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const running = await startEnvoy(envoy, bootstrap([...shares.values()], adminSocket), { folder, adminSocket });
    return {
      upstream,
      shares,
      close: async () => {
        await running.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
