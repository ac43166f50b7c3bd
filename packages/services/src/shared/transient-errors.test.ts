import { awsError, commonError } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { notModelled } from './not-modelled.ts'
import { isThrottle, isTransient } from './transient-errors.ts'

const of = (code: string, status: number) => awsError(commonError(code, status), 'words')

test('a throttle is known by its code, whatever its status, or by status 429', () => {
  const answers = [
    of('Throttling', 400),
    of('ThrottlingException', 400),
    of('ThrottledException', 429),
    of('RequestThrottled', 403),
    of('RequestThrottledException', 400),
    of('TooManyRequestsException', 429),
    of('RequestLimitExceeded', 503),
    of('BandwidthLimitExceeded', 400),
    of('ProvisionedThroughputExceededException', 400),
    of('SlowDown', 503),
    of('PriorRequestNotComplete', 400),
    of('EC2ThrottledException', 502),
    of('KmsThrottled', 400),
    of('KMSThrottlingException', 400),
    of('KmsThrottlingException', 400),
    of('EndpointRefused', 429),
  ]
  expect(answers.filter((it) => !isThrottle(it))).toEqual([])
  expect(answers.filter((it) => !isTransient(it))).toEqual([])
})

test('a quota, a refusal and a missing thing are no throttles, and will not pass by themselves', () => {
  const answers = [
    of('LimitExceededException', 400),
    of('LimitExceeded', 409),
    of('OverLimit', 403),
    of('AccessDenied', 403),
    of('NoSuchEntity', 404),
    of('DisabledException', 400),
    of('ThrottlingPolicyInvalid', 400),
    notModelled('a thing'),
  ]
  expect(answers.filter(isThrottle)).toEqual([])
  expect(answers.filter(isTransient)).toEqual([])
})

test('a failure or time limit of the service may pass, and is no throttle', () => {
  const answers = [
    of('InternalError', 500),
    of('ServiceException', 500),
    of('ServiceUnavailable', 503),
    of('KMSInternalException', 500),
    of('DependencyTimeoutException', 503),
    of('RequestTimeout', 400),
    of('RequestTimeoutException', 408),
  ]
  expect(answers.filter(isThrottle)).toEqual([])
  expect(answers.filter((it) => !isTransient(it))).toEqual([])
})
