import { ListCertificatesCommand } from '@aws-sdk/client-acm'
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { withZone } from '../acm.test-support.ts'

const StackName = 'site'

async function stack() {
  const world = await withZone()
  const cfn = client(world.cloud, CloudFormationClient)
  const status = async () => {
    const { Stacks: [found] = [] } = await cfn.send(new DescribeStacksCommand({ StackName }))
    return found?.StackStatus
  }
  return {
    ...world,
    cfn,
    status,
    async create(properties: object, more: object = {}) {
      const Properties = { DomainName: 'orrery.dev', ValidationMethod: 'DNS', ...properties }
      const Certificate = { Type: 'AWS::CertificateManager::Certificate', Properties }
      const Resources = { Certificate, ...more }
      const Outputs = { Arn: { Value: { Ref: 'Certificate' } } }
      const TemplateBody = JSON.stringify({ Resources, Outputs })
      await cfn.send(new CreateStackCommand({ StackName, TemplateBody }))
      await world.cloud.advance({ minutes: 2 })
      return status()
    },
  }
}

test('a certificate proves itself in the zones that its template names', async () => {
  const { create, acm, cloud, cfn, route53, zoneId } = await stack()
  const names = ['orrery.dev', '*.orrery.dev']
  const created = await create({
    SubjectAlternativeNames: [names[1]],
    DomainValidationOptions: names.map((DomainName) => ({ DomainName, HostedZoneId: zoneId })),
  })
  expect(created).toBe('CREATE_COMPLETE')
  const { CertificateSummaryList } = await acm.send(new ListCertificatesCommand({}))
  expect(CertificateSummaryList?.map(({ Status }) => Status)).toEqual(['ISSUED'])
  await cfn.send(new DeleteStackCommand({ StackName }))
  await cloud.advance({ minutes: 1 })
  const left = await acm.send(new ListCertificatesCommand({}))
  expect(left.CertificateSummaryList).toEqual([])
  // CloudFormation leaves the record: other certificates may be proven by it.
  const { ResourceRecordSets } = await route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
  )
  expect(ResourceRecordSets?.filter(({ Type }) => Type === 'CNAME')).toHaveLength(1)
})

test('a stack waits for a certificate that nobody has proven yet', async () => {
  const { create, cloud, status, acm, prove } = await stack()
  expect(await create({})).toBe('CREATE_IN_PROGRESS')
  await cloud.advance({ hours: 5 })
  expect(await status()).toBe('CREATE_IN_PROGRESS')
  const { CertificateSummaryList } = await acm.send(new ListCertificatesCommand({}))
  await prove(CertificateSummaryList?.[0]?.CertificateArn ?? '')
  await cloud.advance({ minutes: 2 })
  expect(await status()).toBe('CREATE_COMPLETE')
})

test('a certificate that fails takes its stack back, and is gone', async () => {
  const { create, acm } = await stack()
  expect(await create({ DomainName: 'www.example.com' })).toBe('ROLLBACK_COMPLETE')
  const { CertificateSummaryList } = await acm.send(new ListCertificatesCommand({}))
  expect(CertificateSummaryList).toEqual([])
})
