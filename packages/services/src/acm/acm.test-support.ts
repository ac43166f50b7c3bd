import {
  ACMClient,
  DescribeCertificateCommand,
  RequestCertificateCommand,
  type RequestCertificateCommandInput,
} from '@aws-sdk/client-acm'
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  Route53Client,
} from '@aws-sdk/client-route-53'
import { type CloudOptions, client, createCloud } from '@cloud-orrery/cloud'

/** A cloud with a zone of `orrery.dev`, and ways to ask for certificates and to prove them. */
export async function withZone(options: CloudOptions = {}) {
  const cloud = createCloud({ deepFreeze: true, ...options })
  const acm = client(cloud, ACMClient)
  const route53 = client(cloud, Route53Client)
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: 'orrery.dev', CallerReference: 'zone' }),
  )
  const HostedZoneId = HostedZone?.Id?.replace('/hostedzone/', '') ?? ''
  const describe = async (CertificateArn: string) => {
    const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }))
    return Certificate ?? {}
  }
  return {
    cloud,
    acm,
    route53,
    zoneId: HostedZoneId,
    describe,
    async request(input: RequestCertificateCommandInput): Promise<string> {
      const { CertificateArn = '' } = await acm.send(
        new RequestCertificateCommand({ ValidationMethod: 'DNS', ...input }),
      )
      return CertificateArn
    },
    /** Puts the CNAMEs that a certificate asks for into the zone, or takes them away. */
    async prove(arn: string, Action: 'UPSERT' | 'DELETE' = 'UPSERT') {
      const { DomainValidationOptions = [] } = await describe(arn)
      const records = new Map(
        DomainValidationOptions.map(({ ResourceRecord }) => [ResourceRecord?.Name, ResourceRecord]),
      )
      const Changes = [...records.values()].map((record) => ({
        Action,
        ResourceRecordSet: {
          Name: record?.Name,
          Type: record?.Type,
          TTL: 300,
          ResourceRecords: [{ Value: record?.Value }],
        },
      }))
      await route53.send(
        new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }),
      )
    },
  }
}

/** Code and message of a call that is refused. */
export async function refusal(call: Promise<unknown>): Promise<readonly [string, string]> {
  try {
    await call
  } catch (error) {
    if (error instanceof Error) return [error.name, error.message]
  }
  return ['', 'not refused']
}
