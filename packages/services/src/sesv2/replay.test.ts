import { SESv2Client } from '@aws-sdk/client-sesv2'
import { client, createCloud, record, replay } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { mailsIn, once, setLimits, verified } from './mail.test-support.ts'

test('limits that were set and links that were followed are in the recording', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const ses = once(client(cloud, SESv2Client))
  await setLimits(cloud, { maxSendRate: 7 })
  await verified({ cloud, ses }, 'shop@example.com')
  await cloud.advance({ hours: 1 })
  const again = await replay(record(cloud))
  expect([again.kernel.journal.digest(), mailsIn(again)]).toEqual([
    cloud.kernel.journal.digest(),
    mailsIn(cloud),
  ])
})
