import type { Context } from '../../context.ts'
import { invalid } from '../errors.ts'
import { roleMay } from '../role-permissions.ts'
import type { Settings } from '../state.ts'

/** The execution role must be able to write to the queue or topic. Source: user reports of the error's words. */
export function checkDeadLetterTarget(ctx: Context, settings: Settings): void {
  const { deadLetterArn, roleArn } = settings
  if (deadLetterArn === undefined) return
  const service = deadLetterArn.split(':')[2]
  if (service !== 'sqs' && service !== 'sns') {
    throw invalid(
      `The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination=${deadLetterArn})) is invalid.`,
    )
  }
  const action = service === 'sqs' ? 'sqs:SendMessage' : 'sns:Publish'
  if (roleMay(ctx, roleArn, action, deadLetterArn)) return
  const words = service === 'sqs' ? 'SendMessage on SQS' : 'publish on SNS'
  throw invalid(`The provided execution role does not have permissions to call ${words}`)
}
