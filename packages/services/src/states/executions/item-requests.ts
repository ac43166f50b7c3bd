import type { JsonObject } from '../asl/json.ts'

/** What an ItemReader says, worked out. Plain JSON. */
export interface ReaderRequest {
  /** `arn:aws:states:::s3:getObject` */
  readonly resource: string
  readonly parameters: JsonObject
  readonly config: JsonObject
  /** 0 for all. */
  readonly itemsMax: number
}

/** Where a ResultWriter puts results, worked out. */
export interface WriterRequest {
  readonly bucket: string
  readonly prefix: string
}
