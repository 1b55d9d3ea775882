import type { NextConfig } from "next";

const config: NextConfig = {
  // Types are checked by `npm run types`, with the same compiler as everything else; a start need not wait for it.
  typescript: { tsconfigPath: "app/tsconfig.json", ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // A build asks nobody outside and writes nothing into the tree.
  agentRules: false,
  experimental: { agentUpgrade: false },
};

export default config;
