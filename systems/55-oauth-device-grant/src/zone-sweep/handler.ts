import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53'

/** What CloudFormation asks of a custom resource, of what is looked at here. */
interface Request {
  readonly RequestType: 'Create' | 'Update' | 'Delete'
  readonly ResponseURL: string
  readonly StackId: string
  readonly RequestId: string
  readonly LogicalResourceId: string
  readonly ResourceProperties: { readonly HostedZoneId: string }
}

const route53 = new Route53Client({})

/** The records that proved a certificate stay when it goes, and a zone with records is not deleted: so they go first. */
export async function handler(request: Request): Promise<void> {
  const { RequestType, ResponseURL, StackId, RequestId, LogicalResourceId } = request
  const { HostedZoneId } = request.ResourceProperties
  let failure: string | undefined
  try {
    if (RequestType === 'Delete') await sweep(HostedZoneId)
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  }
  const body = JSON.stringify({
    Status: failure === undefined ? 'SUCCESS' : 'FAILED',
    Reason: failure ?? '',
    PhysicalResourceId: HostedZoneId,
    StackId,
    RequestId,
    LogicalResourceId,
  })
  await fetch(ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } })
}

async function sweep(HostedZoneId: string): Promise<void> {
  const { ResourceRecordSets = [] } = await route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId }),
  )
  const proofs = ResourceRecordSets.filter(
    ({ Type, ResourceRecords: [first] = [] }) =>
      Type === 'CNAME' && first?.Value?.includes('.acm-validations.aws') === true,
  )
  if (proofs.length === 0) return
  const Changes = proofs.map((ResourceRecordSet) => ({
    Action: 'DELETE' as const,
    ResourceRecordSet,
  }))
  await route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }),
  )
}
