import { addAbortSignal, type Readable } from "node:stream";
import { DataStore, ERRORS, Upload } from "@tus/server";
import { ApiError } from "../../../domain/errors.ts";
import { type ObjectInfo, ObjectMismatchError } from "../../../platform/objects/objects.ts";
import { draftOf, findUploadByToken, sourceOf, type UploadRow } from "../../video/uploads.ts";
import { announceTotal } from "../announce-total.ts";
import { cancelUpload } from "../cancel-upload.ts";
import { completeUpload, createUploadedAsset, goneUpload, type UploadServices } from "../complete-upload.ts";
import { keepAlive } from "../keep-alive.ts";

export const TUS_VERSION = "1.0.0";
export const TUS_EXTENSIONS = ["creation", "creation-with-upload", "creation-defer-length", "termination"] as const;

/**
 * What tus sees of our uploads: the upload's URL token is the id, its draft holds the bytes. So the same upload goes on by PUT
 * and by tus, in any order.
 */
export class DraftStore extends DataStore {
  override extensions = [...TUS_EXTENSIONS];
  readonly #services: UploadServices;

  constructor(services: UploadServices) {
    super();
    this.#services = services;
  }

  /** The upload is there already: creating it says how long the file is. Again for one that has bytes, from another device. */
  override async create(file: Upload): Promise<Upload> {
    const row = await this.#find(file.id);
    const source = await this.#source(row);
    if (source !== null) {
      if (source.sizeBytes === (file.size ?? source.sizeBytes)) return file;
      throw new ObjectMismatchError(`${source.key} has ${source.sizeBytes} bytes, not ${file.size}`);
    }
    if (file.size === 0) throw new ApiError("invalid_parameters", ["The file is empty"]);
    if (file.size !== undefined) await announceTotal(this.#draft(row), file.size);
    return file;
  }

  override async declareUploadLength(id: string, sizeBytes: number): Promise<void> {
    await announceTotal(this.#draft(await this.#find(id)), sizeBytes);
  }

  /** Resolves with the bytes that are there without a gap. What came before a failure is kept; a finished file stays as it is. */
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const row = await this.#find(id);
    const source = row.status === "asset_created" ? await this.#source(row) : null;
    if (source !== null) {
      for await (const _ of stream); // or the request would not come to its end
      return source.sizeBytes;
    }
    const draft = this.#draft(row);
    const stop = await keepAlive(this.#services, row);
    try {
      await draft.write(offset, addAbortSignal(this.#services.uploads.signal, stream));
    } finally {
      stop();
    }
    return (await draft.received()).contiguousBytes;
  }

  override async getUpload(id: string): Promise<Upload> {
    const row = await this.#find(id);
    const source = await this.#source(row);
    if (source !== null) {
      if (row.status === "waiting") await createUploadedAsset(this.#services, row); // a process died before it did
      return new Upload({ id, size: source.sizeBytes, offset: source.sizeBytes });
    }
    const { sizeBytes, contiguousBytes } = await this.#draft(row).received();
    if (sizeBytes !== null && contiguousBytes === sizeBytes) await this.complete(id, sizeBytes); // the same
    return new Upload({ id, offset: contiguousBytes, ...(sizeBytes !== null && { size: sizeBytes }) });
  }

  override async remove(id: string): Promise<void> {
    const { environment_id: environmentId, id: uploadId } = await this.#find(id);
    await cancelUpload(this.#services, environmentId, uploadId);
  }

  /** Makes the asset of an upload whose bytes are all there. */
  async complete(id: string, sizeBytes: number): Promise<void> {
    await completeUpload(this.#services, await this.#find(id), sizeBytes);
  }

  /** One that can take bytes, or has taken all. */
  async #find(urlToken: string): Promise<UploadRow> {
    const row = await findUploadByToken(this.#services.db, urlToken);
    if (row === undefined) throw ERRORS.FILE_NOT_FOUND;
    if (row.status === "asset_created") return row;
    if (row.status !== "waiting") throw goneUpload(row.status);
    if (row.expires_at.getTime() <= this.#services.now()) throw goneUpload("timed_out");
    return row;
  }

  /** What the upload has become; null while bytes are missing. Rejects with `gone` when it was deleted with its asset. */
  async #source(row: UploadRow): Promise<ObjectInfo | null> {
    const source = await this.#services.objects.head(sourceOf(row).key);
    if (source === null && row.status === "asset_created") throw goneUpload(row.status);
    return source;
  }

  #draft(row: UploadRow) {
    return draftOf(this.#services.objects, row);
  }
}
