import type { Shape } from '@cloud-orrery/models'
import { parseCbor } from '../cbor/cbor-reader.ts'
import { readCborStructure, writeCborStructure } from '../cbor/cbor-values.ts'
import { CborWriter } from '../cbor/cbor-writer.ts'
import { parseJson, readJsonStructure } from '../json/json-reader.ts'
import { writeJsonStructure } from '../json/json-writer.ts'
import { decodeText, encodeText } from '../values.ts'
import { parseXml } from '../xml/xml-reader.ts'
import { readXmlStructure } from '../xml/xml-values.ts'
import { writeXmlRoot } from '../xml/xml-writer.ts'

/** How a protocol writes a structure inside an event. */
export interface EventCodec {
  contentType: string
  read(bytes: Uint8Array, shape: Shape): Record<string, unknown>
  write(value: Record<string, unknown>, shape: Shape): Uint8Array
}

export const jsonEvents: EventCodec = {
  contentType: 'application/json',
  read: (bytes, shape) => readJsonStructure(parseJson(bytes), shape, { jsonNames: true }),
  write: (value, shape) =>
    encodeText(JSON.stringify(writeJsonStructure(value, shape, { jsonNames: true }))),
}

export const xmlEvents: EventCodec = {
  contentType: 'text/xml',
  read: (bytes, shape) => readXmlStructure(parseXml(decodeText(bytes)), shape, { strict: false }),
  write: (value, shape) =>
    encodeText(
      writeXmlRoot(shape.xmlName ?? shape.name, value, shape, shape.xmlNamespace, {
        timestamps: 'date-time',
      }),
    ),
}

export const cborEvents: EventCodec = {
  contentType: 'application/cbor',
  read: (bytes, shape) => readCborStructure(parseCbor(bytes), shape),
  write: (value, shape) => {
    const writer = new CborWriter()
    writeCborStructure(writer, value, shape)
    return writer.result()
  },
}
