// What next-env.d.ts refers to; that one is written by Next at its first run and is not in the repository.
/// <reference types="next" />
/// <reference types="next/image-types/global" />
// mux-embed ships types that its package.json does not name.
/// <reference path="../node_modules/mux-embed/dist/types/mux-embed.d.ts" />
