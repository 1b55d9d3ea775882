/** Path and query as asked for, which Next tells no page. Set by the custom server, over whatever a client may have sent. */
export const ASKED_PATH_HEADER = "x-playhead-asked-path";
