import { ACMClient, ListCertificatesCommand, RequestCertificateCommand } from '@aws-sdk/client-acm'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

/** A certificate with a tag that waits for its validation by mail. */
export async function arrangeAcm(cloud: Cloud): Promise<KnownValues> {
  const acm = client(cloud, ACMClient)
  const Tags = [{ Key: 'ring', Value: 'one' }]
  const { CertificateArn } = await acm.send(
    new RequestCertificateCommand({ DomainName: 'ring.dev', Tags }),
  )
  const { NextToken } = await acm.send(new ListCertificatesCommand({ MaxItems: 1 }))
  return {
    CertificateArn,
    ...(NextToken === undefined ? {} : { NextToken }),
    DomainName: 'new.ring.dev',
    Domain: 'ring.dev',
    ValidationDomain: 'ring.dev',
    Tags,
  }
}
