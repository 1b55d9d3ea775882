/** Videos that the list shows at first, and more of at a time. */
export const PAGE_ASSETS = 25;
