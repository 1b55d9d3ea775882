/** Which client reports. `native` has the plain video element: no request events, its CDN comes with the metadata. */
export type PlayerKind = "hlsjs" | "mux-player" | "videojs" | "native";

export interface Device {
  category: "desktop" | "phone" | "tablet" | "tv";
  browser: string;
  os: string;
  userAgent: string;
  weight: number;
  /** How much longer a start-up takes than on a fast desktop. */
  startupFactor: number;
  players: readonly PlayerKind[];
  widthPx: number;
  heightPx: number;
  connection: "wifi" | "cellular" | "wired";
}

const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/";
const SCRIPTED: readonly PlayerKind[] = ["hlsjs", "hlsjs", "mux-player", "videojs"];
const NATIVE: readonly PlayerKind[] = ["native"];

export const DEVICES: readonly Device[] = [
  {
    category: "desktop",
    browser: "Chrome",
    os: "Windows",
    weight: 24,
    startupFactor: 1,
    players: SCRIPTED,
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}141.0.0.0 Safari/537.36`,
    widthPx: 1280,
    heightPx: 720,
    connection: "wifi",
  },
  {
    category: "desktop",
    browser: "Chrome",
    os: "macOS",
    weight: 9,
    startupFactor: 0.9,
    players: SCRIPTED,
    userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${CHROME}141.0.0.0 Safari/537.36`,
    widthPx: 1440,
    heightPx: 810,
    connection: "wifi",
  },
  {
    category: "desktop",
    browser: "Safari",
    os: "macOS",
    weight: 7,
    startupFactor: 0.9,
    players: ["mux-player"],
    userAgent:
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    widthPx: 1440,
    heightPx: 810,
    connection: "wifi",
  },
  {
    category: "desktop",
    browser: "Firefox",
    os: "Linux",
    weight: 4,
    startupFactor: 1.05,
    players: SCRIPTED,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    widthPx: 1280,
    heightPx: 720,
    connection: "wired",
  },
  {
    category: "desktop",
    browser: "Edge",
    os: "Windows",
    weight: 6,
    startupFactor: 1,
    players: SCRIPTED,
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
    widthPx: 1280,
    heightPx: 720,
    connection: "wired",
  },
  {
    category: "phone",
    browser: "Safari",
    os: "iOS",
    weight: 19,
    startupFactor: 1.2,
    players: NATIVE,
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    widthPx: 390,
    heightPx: 219,
    connection: "cellular",
  },
  {
    category: "phone",
    browser: "Chrome",
    os: "Android",
    weight: 16,
    startupFactor: 1.6,
    players: SCRIPTED,
    userAgent: `Mozilla/5.0 (Linux; Android 15; Pixel 9) ${CHROME}141.0.0.0 Mobile Safari/537.36`,
    widthPx: 412,
    heightPx: 232,
    connection: "cellular",
  },
  {
    category: "tablet",
    browser: "Safari",
    os: "iOS",
    weight: 5,
    startupFactor: 1.1,
    players: NATIVE,
    userAgent:
      "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    widthPx: 1024,
    heightPx: 576,
    connection: "wifi",
  },
  {
    category: "tv",
    browser: "Chrome",
    os: "webOS",
    weight: 4,
    startupFactor: 2.2,
    players: ["hlsjs"],
    userAgent: `Mozilla/5.0 (Web0S; Linux/SmartTV) ${CHROME}108.0.5359.211 Safari/537.36 WebAppManager`,
    widthPx: 1920,
    heightPx: 1080,
    connection: "wired",
  },
  {
    category: "tv",
    browser: "Samsung Internet",
    os: "Tizen",
    weight: 3,
    startupFactor: 2.4,
    players: ["hlsjs"],
    userAgent:
      "Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/3.0 Chrome/94.0.4606.31 TV Safari/537.36",
    widthPx: 1920,
    heightPx: 1080,
    connection: "wired",
  },
  {
    category: "tv",
    browser: "Chrome",
    os: "Chromecast",
    weight: 3,
    startupFactor: 2,
    players: ["hlsjs"],
    userAgent: `Mozilla/5.0 (X11; Linux armv7l) ${CHROME}114.0.5735.206 Safari/537.36 CrKey/1.56.500000 DeviceType/Chromecast`,
    widthPx: 1920,
    heightPx: 1080,
    connection: "wifi",
  },
];
