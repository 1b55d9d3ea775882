import { writeFileSync } from "node:fs";
import { viewRecordPage } from "./docs/view-record-page.ts";

// Writes docs/view-record.md anew from domain/view.
writeFileSync(new URL("../docs/view-record.md", import.meta.url), viewRecordPage());
