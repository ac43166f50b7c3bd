import type { AwsError, OperationModel, ServiceModel, Shape } from '@cloud-orrery/models'

/** The modelled shape of an error: the operation's own first, then any of the service's with that name. */
export function errorShape(
  model: ServiceModel,
  operation: OperationModel | undefined,
  error: AwsError,
): Shape | undefined {
  const own = operation?.errors.find((shape) => shape.name === error.code)
  if (own !== undefined) return own
  const any = Object.hasOwn(model.shapes, error.code) ? model.shapes[error.code] : undefined
  return any?.error === undefined ? undefined : any
}

/** The code that query clients see. */
export function queryCodeOf(error: AwsError, shape: Shape | undefined): string {
  return error.queryCode ?? shape?.error?.queryCode ?? error.code
}

/** `AWS.SimpleQueueService.NonExistentQueue;Sender`: lets clients written for the query protocol go on. */
export function queryErrorHeader(error: AwsError, shape: Shape | undefined): string {
  return `${queryCodeOf(error, shape)};${error.fault === 'client' ? 'Sender' : 'Receiver'}`
}

/** The member that carries the message, as the shape spells it; AWS's models have both spellings. */
export function messageMember(shape: Shape | undefined): 'message' | 'Message' | undefined {
  if (shape?.members === undefined) return undefined
  if (Object.hasOwn(shape.members, 'message')) return 'message'
  return Object.hasOwn(shape.members, 'Message') ? 'Message' : undefined
}
