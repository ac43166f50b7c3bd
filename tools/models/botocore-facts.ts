import type {
  ShapeType,
  StoredMember,
  StoredShape,
  TimestampFormat,
  XmlNamespace,
} from '@cloud-orrery/models'
import type { BotocoreReference, BotocoreShape } from './botocore-model.ts'
import { compact } from './stored-model.ts'

const types: Readonly<Record<string, ShapeType>> = { character: 'string', bigdecimal: 'bigDecimal' }
/** botocore's names of the formats. */
export const timestampFormats: Readonly<Record<string, TimestampFormat>> = {
  iso8601: 'date-time',
  unixTimestamp: 'epoch-seconds',
  rfc822: 'http-date',
}

export function shapeType(shape: BotocoreShape): ShapeType {
  if (shape.document === true) return 'document'
  if (shape.union === true || shape.eventstream === true) return 'union'
  if (shape.enum !== undefined) return 'enum'
  return types[shape.type] ?? (shape.type as ShapeType)
}

export function locationOf(
  name: string,
  { location, locationName, shape }: BotocoreReference,
  owner: BotocoreShape,
): Pick<StoredMember, 'location' | 'locationName'> | undefined {
  if (owner.payload === name) return { location: 'payload' }
  switch (location) {
    case 'uri':
      return { location: 'label' }
    case 'header':
      return { location: 'header', locationName: locationName ?? name }
    case 'headers':
      return { location: 'prefixHeaders', locationName: locationName ?? '' }
    case 'querystring':
      return locationName === undefined && shape !== undefined
        ? { location: 'queryParams' }
        : { location: 'query', locationName: locationName ?? name }
    case 'statusCode':
      return { location: 'responseCode' }
    default:
      return undefined
  }
}

export function namespaceOf(
  namespace: string | XmlNamespace | undefined,
): XmlNamespace | undefined {
  return typeof namespace === 'string' ? { uri: namespace } : namespace
}

export function errorOf(
  name: string,
  { exception, fault, error }: BotocoreShape,
): StoredShape['error'] {
  if (exception !== true && error === undefined) return undefined
  const status = error?.httpStatusCode ?? (fault === true ? 500 : 400)
  const server = fault === true || status >= 500 || error?.senderFault === false
  const renamed = error?.code !== undefined && error.code !== name
  return compact({
    fault: server ? ('server' as const) : ('client' as const),
    status,
    queryCode: renamed ? error.code : undefined,
    queryStatus: renamed ? status : undefined,
  })
}
