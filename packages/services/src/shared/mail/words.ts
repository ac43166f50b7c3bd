import type { AwsError } from '@cloud-orrery/models'

/** The refusals that both versions of the API have, in the codes and the words of one of them. */
export interface MailWords {
  /** `InvalidParameterValue` or `BadRequestException`. */
  readonly invalid: (message: string) => AwsError
  readonly messageRejected: (message: string) => AwsError
  readonly rateExceeded: () => AwsError
  readonly dailyQuotaExceeded: () => AwsError
  readonly accountPaused: () => AwsError
  readonly configurationSetPaused: (name: string) => AwsError
  readonly configurationSetNotFound: (name: string) => AwsError
  readonly configurationSetExists: (name: string) => AwsError
  readonly destinationNotFound: (set: string, name: string) => AwsError
  readonly destinationExists: (set: string, name: string) => AwsError
  readonly invalidDestination: (
    kind: 'sns' | 'cloudwatch',
    set: string,
    name: string,
    message: string,
  ) => AwsError
  readonly templateNotFound: (name: string) => AwsError
  readonly templateExists: (name: string) => AwsError
  readonly invalidTemplate: (name: string, message: string) => AwsError
  readonly missingAttribute: (template: string, message: string) => AwsError
  readonly invalidRenderingData: (template: string, message: string) => AwsError
  readonly mailFromNotVerified: (message: string) => AwsError
  readonly limitExceeded: (message: string) => AwsError
  readonly customTemplateNotFound: (name: string) => AwsError
  readonly customTemplateExists: (name: string) => AwsError
  readonly customTemplateInvalid: (message: string) => AwsError
  readonly fromNotVerified: (address: string) => AwsError
  readonly productionOnly: (message: string) => AwsError
  readonly invalidPolicy: (message: string) => AwsError
}
