import {
  DeleteBucketWebsiteCommand,
  GetBucketWebsiteCommand,
  PutBucketWebsiteCommand,
  type WebsiteConfiguration,
} from '@aws-sdk/client-s3'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { replay } from '../recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const of = (name: string) => replay('s3/test_s3', `TestS3StaticWebsiteHosting::${name}`)

const put = (Bucket: string, WebsiteConfiguration: WebsiteConfiguration) =>
  new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration })

recorded('configurations that are none', async () => {
  const it = of('test_validate_website_configuration')
  const Bucket = await it.bucket()
  const IndexDocument = { Suffix: 'index.html' }
  const Condition = { KeyPrefixEquals: 'prefix' }
  const configurations: WebsiteConfiguration[] = [
    { IndexDocument: { Suffix: '/index.html' } },
    { IndexDocument: { Suffix: '' } },
    { RedirectAllRequestsTo: { HostName: 'test' }, IndexDocument: { Suffix: '/index.html' } },
    { ErrorDocument: { Key: '/index.html' } },
    { RedirectAllRequestsTo: { HostName: 'test', Protocol: 'protocol' as 'http' } },
    {
      IndexDocument,
      RoutingRules: [
        { Condition, Redirect: { ReplaceKeyPrefixWith: 'prefix', ReplaceKeyWith: 'key' } },
      ],
    },
    {
      IndexDocument,
      RoutingRules: [{ Condition: {}, Redirect: { ReplaceKeyPrefixWith: 'prefix' } }],
    },
    { IndexDocument, RoutingRules: [] },
  ]
  for (const [i, configuration] of configurations.entries()) {
    await it.match(`invalid-website-conf-${i}`, put(Bucket, configuration))
  }
})

recorded('a configuration is put, read and deleted', async () => {
  const it = of('test_crud_website_configuration')
  const Bucket = await it.bucket()
  const get = new GetBucketWebsiteCommand({ Bucket })
  await it.match('get-no-such-website-config', get)
  await it.match('del-no-such-website-config', new DeleteBucketWebsiteCommand({ Bucket }))
  const put = { IndexDocument: { Suffix: 'index.html' } }
  await it.match(
    'put-website-config',
    new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: put }),
  )
  await it.match('get-website-config', get)
  await it.run(new DeleteBucketWebsiteCommand({ Bucket }))
})

recorded('pages for a bucket without a website, and for none', async () => {
  const it = of('test_website_hosting_no_such_website')
  const Bucket = await it.bucket()
  const compare = async (step: string, bucket: string, path: string) => {
    const url = `http://${bucket}.s3-website-us-east-1.amazonaws.com${path}`
    const text = await (await fetchFromCloud(it.cloud, url)).text()
    const pattern = String(it.recorded(step))
      .split(/<[a-z]+-[a-z]+>/)
      .map(RegExp.escape)
    expect(text).toMatch(new RegExp(`^${pattern.join('[^<]+')}$`))
  }
  await compare('no-such-bucket', 'no-such-bucket', '')
  await compare('no-such-website-config', Bucket, '')
  await compare('no-such-website-config-key', Bucket, '/actual/key')
})
