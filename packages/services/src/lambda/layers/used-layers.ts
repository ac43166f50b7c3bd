import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { invalid } from '../errors.ts'
import { layersMax, unzippedBytesMax } from '../limits.ts'
import { layerVersions, type StoredCode, type UsedLayer } from '../state.ts'

/** Parts of a layer version's ARN. */
export interface LayerAddress {
  readonly region: string
  readonly accountId: string
  readonly name: string
  readonly number: number
}

export function layerAddress(arn: string): LayerAddress | undefined {
  const [, , service, region = '', accountId = '', kind, name = '', number] = arn.split(':')
  if (service !== 'lambda' || kind !== 'layer' || number === undefined) return undefined
  return { region, accountId, name, number: Number(number) }
}

/** The layers that a request names, which their owners must let the caller read. Recorded: lambda, layers. */
export function readLayers(ctx: Context, arns: readonly string[]): readonly UsedLayer[] {
  if (arns.length > layersMax) throw invalid(`Cannot reference more than ${layersMax} layers.`)
  const seen = new Map<string, string>()
  return arns.map((arn) => {
    const address = layerAddress(arn)
    if (address === undefined) throw missing(arn)
    if (address.region !== ctx.region) {
      throw invalid(
        `Layers are not in the same region as the function. Layers are expected to be in region ${ctx.region}.`,
      )
    }
    const layerArn = arn.slice(0, arn.lastIndexOf(':'))
    const other = seen.get(layerArn)
    if (other !== undefined) {
      throw invalid(
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
      )
    }
    seen.set(layerArn, arn)
    ctx.authorize('lambda:GetLayerVersion', arn)
    const owner = ctx.at({ accountId: address.accountId })
    const version = layerVersions.get(owner, orderedKey(address.name, address.number))
    if (version === undefined) throw missing(arn)
    return { arn, code: version.code }
  })
}

function missing(arn: string) {
  return invalid(`Layer version ${arn} does not exist.`)
}

export function checkUnzipped(code: StoredCode, used: readonly UsedLayer[]): void {
  const bytes = used.reduce((sum, layer) => sum + layer.code.unzippedBytes, code.unzippedBytes)
  if (bytes <= unzippedBytesMax) return
  throw invalid(
    `Function code combined with layers exceeds the maximum allowed size of ${unzippedBytesMax} bytes. The actual size is ${bytes} bytes.`,
  )
}
