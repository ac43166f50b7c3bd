import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import { alone, enqueue, mail, outbox } from './campaign.ts'

async function decision(aws: Aws, role: string | undefined, action: string, resource: string) {
  const { EvaluationResults } = await aws.client(IAMClient).send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: role,
      ActionNames: [action],
      ResourceArns: [resource],
    }),
  )
  return EvaluationResults?.[0]?.EvalDecision
}

mail.promise(
  8,
  'senders read no other queue, loops wake their senders and do nothing else; a deleted stack sends no more',
  async ({ aws, outputs }) => {
    const of = (queueUrl = '') =>
      `arn:aws:sqs:${aws.region}:${aws.accountId}:${queueUrl.split('/').at(-1)}`
    const sender = outputs['MailSingle.SenderRole']
    const own = of(outputs['MailSingle.MailsUrl'])
    const other = of(outputs['MailMerged.Campaign1Url'])
    expect(await decision(aws, sender, 'sqs:ReceiveMessage', own)).toBe('allowed')
    expect(await decision(aws, sender, 'sqs:ReceiveMessage', other)).toBe('implicitDeny')

    const loop = outputs['MailSingle.LoopRole']
    const arn = (name = '') => `arn:aws:lambda:${aws.region}:${aws.accountId}:function:${name}`
    const wakes = (name = '') => decision(aws, loop, 'lambda:InvokeFunction', arn(name))
    expect(await wakes(outputs['MailSingle.SenderName'])).toBe('allowed')
    expect(await wakes(outputs['MailMerged.SenderName'])).toBe('implicitDeny')
    expect(await decision(aws, loop, 'sqs:ReceiveMessage', own)).toBe('implicitDeny')
    expect(await decision(aws, loop, 'ses:SendEmail', '*')).toBe('implicitDeny')

    await alone(aws, outputs, 'MailSingle')
    await enqueue(aws, outputs['MailSingle.MailsUrl'], 'never', 300)
    await aws.clock.advance({ minutes: 1 })
    expect(await aws.destroy('MailSingle')).toBe('DELETE_COMPLETE')
    const before = outbox(aws, 'never').length
    await aws.clock.advance({ minutes: 10 })
    expect(outbox(aws, 'never').length - before).toBeLessThanOrEqual(6)
    expect(aws.inventory().filter((one) => /MailSingle/.test(one))).toEqual([])
  },
)
