// m3u8-parser ships no types.
declare module "m3u8-parser" {
  export class Parser {
    on(event: "warn" | "info", listener: (told: { message: string }) => void): void;
    push(text: string): void;
    end(): void;
  }
}
