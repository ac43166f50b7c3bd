import { task } from '../../define.ts'
import type { ObjectArrival } from '../../shared/bucket-watchers.ts'
import { takeCustomAnswer } from '../custom-resources/take-answer.ts'
import { takeWaitSignal } from '../wait-conditions/signals.ts'
import { endStep } from './end-step.ts'
import { answeredTask, kindOfBucket } from './response-url.ts'

/** Someone has put an answer into one of CloudFormation's buckets. */
export const answered = task<ObjectArrival>(answeredTask, {
  run(ctx, { bucket, key, sizeBytes, body }) {
    const [stackId = ''] = key.split('|')
    const [, , , region = '', accountId = ''] = stackId.split(':')
    if (accountId === '') return
    const text = () => Buffer.concat(body.map((piece) => ctx.blobs.get(piece))).toString()
    const there = ctx.at({ accountId, region })
    const ended =
      kindOfBucket(bucket) === 'custom'
        ? takeCustomAnswer(there, key, sizeBytes, text)
        : takeWaitSignal(there, key, text)
    if (ended !== undefined) endStep(there, ended)
  },
})
