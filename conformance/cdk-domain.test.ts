import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ACMClient, ListCertificatesCommand } from '@aws-sdk/client-acm'
import {
  client,
  createCloud,
  deploy,
  fetchFromCloud,
  inProcessTarget,
  readAssembly,
} from '@cloud-orrery/cloud'
import { App, Duration, Stack } from 'aws-cdk-lib'
import * as gateway from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import * as dns from 'aws-cdk-lib/aws-route53'
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'orrery-cdk-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A zone, a zone below it, a certificate proven by DNS, and an API by its own name. */
function site(stack: Stack): void {
  const zone = new dns.PublicHostedZone(stack, 'Zone', { zoneName: 'orrery.dev' })
  const below = new dns.PublicHostedZone(stack, 'Below', { zoneName: 'apps.orrery.dev' })
  new dns.ZoneDelegationRecord(stack, 'Delegation', {
    zone,
    recordName: 'apps',
    nameServers: below.hostedZoneNameServers ?? [],
  })
  new dns.MxRecord(stack, 'Mail', { zone, values: [{ priority: 10, hostName: 'mail.orrery.dev' }] })
  new dns.TxtRecord(stack, 'Text', { zone, values: ['v=spf1 -all', 'x'.repeat(300)] })
  new dns.CaaAmazonRecord(stack, 'Caa', { zone })
  new dns.SrvRecord(stack, 'Service', {
    zone,
    recordName: '_sip._tcp',
    values: [{ hostName: 'sip.orrery.dev', port: 5060, priority: 1, weight: 2 }],
  })
  for (const [id, weight] of [
    ['Blue', 0],
    ['Green', 100],
  ] as const) {
    new dns.ARecord(stack, id, {
      zone,
      recordName: 'canary',
      target: dns.RecordTarget.fromIpAddresses(weight === 0 ? '192.0.2.1' : '192.0.2.2'),
      ttl: Duration.seconds(30),
      weight,
    })
  }
  const domainName = 'api.apps.orrery.dev'
  const certificate = new Certificate(stack, 'Certificate', {
    domainName,
    subjectAlternativeNames: ['orrery.dev'],
    validation: CertificateValidation.fromDnsMultiZone({ [domainName]: below, 'orrery.dev': zone }),
  })
  const domain = new gateway.DomainName(stack, 'Domain', { domainName, certificate })
  const handler = new LambdaFunction(stack, 'Handler', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline(
      'exports.handler = async ({ requestContext: { domainName } }) => domainName',
    ),
  })
  new gateway.HttpApi(stack, 'Api', {
    defaultIntegration: new HttpLambdaIntegration('Answer', handler),
    defaultDomainMapping: { domainName: domain },
  })
  const { regionalDomainName, regionalHostedZoneId } = domain
  new dns.ARecord(stack, 'ApiName', {
    zone: below,
    recordName: 'api',
    target: dns.RecordTarget.fromAlias(
      new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId),
    ),
  })
}

test('the CDK’s zones, records, certificate and custom domain answer by their true name', {
  timeout: 60_000,
}, async () => {
  const outdir = mkdtempSync(join(folder, 'app-'))
  const app = new App({ outdir, analyticsReporting: false })
  site(new Stack(app, 'Site'))
  app.synth()
  const cloud = createCloud()
  const target = inProcessTarget(cloud)
  const reasons: string[] = []
  await deploy(target, readAssembly(outdir), {
    onProgress: ({ status, logicalId, reason }) => {
      if (status.endsWith('_FAILED')) reasons.push(`${logicalId}: ${reason}`)
    },
  })
  expect(reasons).toEqual([])
  const answer = await fetchFromCloud(cloud, 'https://api.apps.orrery.dev/', {})
  expect([answer.status, await answer.text()]).toEqual([200, 'api.apps.orrery.dev'])
  const acm = client(cloud, ACMClient)
  const { CertificateSummaryList: [summary] = [] } = await acm.send(new ListCertificatesCommand({}))
  expect(summary?.Status).toBe('ISSUED')
  cloud.close()
})
