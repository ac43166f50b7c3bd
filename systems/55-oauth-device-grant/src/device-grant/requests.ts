import { createHash, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb'
import {
  DynamoDBDocumentClient,
  GetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { Sealed } from './sealed-tokens.ts'
import { settings } from './settings.ts'

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}))
const TableName = settings.table

/** pending -> approving -> authorized -> consumed, or denied. Nothing else leads anywhere. */
export type Status = 'pending' | 'approving' | 'authorized' | 'consumed' | 'denied'

/** A device's request, from its first question to its tokens. */
export interface DeviceRequest {
  /** SHA-256 of the code that the device holds: who reads the table cannot take up what others asked for. */
  readonly Device_code: string
  readonly User_code: string
  readonly Status: Status
  readonly Client_id: string
  readonly Scope: string
  /** When codes end, ms since 1970. */
  readonly Max_expiry: number
  /** From when on the device may ask again, ms since 1970, and how long it waits each time, s. */
  readonly Next_check: number
  readonly Interval: number
  /** Where the device asked from, for the one who decides. */
  readonly Asked_from: string
  readonly Asked_at: number
  readonly Subject?: string
  readonly AuthZ_State?: string
  readonly AuthZ_Verifier_code?: string
  readonly Tokens?: Sealed
  /** When DynamoDB may take it away, s since 1970. */
  readonly Expires_at: number
}

export function digestOf(deviceCode: string): string {
  return createHash('sha256').update(deviceCode).digest('base64url')
}

const keyOfUserCode = (code: string) => `user:${code}`

/** Keeps a request under both of its codes. False: the user code is another's already. */
export async function keep(request: DeviceRequest): Promise<boolean> {
  const { User_code, Device_code, Max_expiry, Expires_at, Asked_at } = request
  const pointer = {
    Device_code: keyOfUserCode(User_code),
    Request: Device_code,
    Max_expiry,
    Expires_at,
  }
  try {
    await table.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName,
              Item: request,
              ConditionExpression: 'attribute_not_exists(Device_code)',
            },
          },
          {
            Put: {
              TableName,
              Item: pointer,
              ConditionExpression: 'attribute_not_exists(Device_code) OR Max_expiry <= :now',
              ExpressionAttributeValues: { ':now': Asked_at },
            },
          },
        ],
      }),
    )
    return true
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error
    if (!error.CancellationReasons?.some(({ Code }) => Code === 'ConditionalCheckFailed'))
      throw error
    return false
  }
}

export async function requestOf(digest: string): Promise<DeviceRequest | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName, Key: { Device_code: digest }, ConsistentRead: true }),
  )
  return Item as DeviceRequest | undefined // Written by `keep` alone.
}

export async function requestOfUserCode(code: string): Promise<DeviceRequest | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName, Key: { Device_code: keyOfUserCode(code) }, ConsistentRead: true }),
  )
  return Item === undefined ? undefined : await requestOf(String(Item['Request']))
}

/** How often a change is tried while a transaction holds its item: for a second and a half. */
const attemptsMax = 5

type Values = Readonly<Record<string, unknown>>

/**
 * Changes an item if it still is as thought; false where it is not. The SDK asks again when an answer is lost on its way:
 * `mark` names the attribute by which a change knows itself, so that one which was done counts as done.
 */
async function changed(
  key: string,
  mark: 'Change' | 'Check',
  UpdateExpression: string,
  ConditionExpression: string,
  values: Values,
): Promise<boolean> {
  const update = UpdateExpression.replace('SET ', `SET #${mark} = :mark, `)
  const condition = `(${ConditionExpression}) OR #${mark} = :mark`
  // Names of attributes are DynamoDB's own words in part: each is written as `#name`.
  const names = [...`${update} ${condition}`.matchAll(/#(\w+)/g)]
  const command = new UpdateCommand({
    TableName,
    Key: { Device_code: key },
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries(names.map(([sign, name]) => [sign, name ?? ''])),
    ExpressionAttributeValues: { ...values, ':mark': randomUUID() },
  })
  for (let attempt = 1; ; attempt += 1) {
    try {
      await table.send(command)
      return true
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      // The transaction that made the item may still hold it, and the SDK does not ask again by itself.
      const isHeld = error instanceof TransactionConflictException && attempt < attemptsMax
      if (!isHeld) throw error
      await setTimeout(50 * 2 ** attempt)
    }
  }
}

/** Takes note that the device asked. False: it asked too soon, and has to wait five seconds longer from now on. */
export async function mayAsk(
  { Device_code, Interval }: DeviceRequest,
  nowMs: number,
): Promise<boolean> {
  const inTime = await changed(
    Device_code,
    'Check',
    'SET #Next_check = :next',
    '#Next_check <= :now',
    {
      ':now': nowMs,
      ':next': nowMs + Interval * 1000,
    },
  )
  if (inTime) return true
  const longer = Interval + 5
  await changed(
    Device_code,
    'Check',
    'SET #Next_check = :next, #Interval = :longer',
    'attribute_exists(#Device_code)',
    { ':next': nowMs + longer * 1000, ':longer': longer },
  )
  return false
}

/** Undecided, or begun by the same person and not brought to its end: a browser may have died on the way. */
const undecided =
  '(#Status = :pending OR (#Status = :approving AND #Subject = :subject)) AND #Max_expiry > :now'

interface Decision {
  readonly subject: string
  readonly nowMs: number
}

export async function beginApproval(
  { Device_code }: DeviceRequest,
  { subject, nowMs }: Decision,
  { state, verifier }: { readonly state: string; readonly verifier: string },
): Promise<boolean> {
  return await changed(
    Device_code,
    'Change',
    'SET #Status = :approving, #Subject = :subject, #AuthZ_State = :state, #AuthZ_Verifier_code = :verifier',
    undecided,
    {
      ':pending': 'pending',
      ':approving': 'approving',
      ':subject': subject,
      ':now': nowMs,
      ':state': state,
      ':verifier': verifier,
    },
  )
}

export async function deny(
  { Device_code }: DeviceRequest,
  { subject, nowMs }: Decision,
): Promise<boolean> {
  return await changed(
    Device_code,
    'Change',
    'SET #Status = :denied, #Subject = :subject REMOVE #AuthZ_State, #AuthZ_Verifier_code',
    undecided,
    {
      ':pending': 'pending',
      ':approving': 'approving',
      ':denied': 'denied',
      ':subject': subject,
      ':now': nowMs,
    },
  )
}

/** Only the approval that began with this state is brought to its end. */
const sameApproval = '#Status = :approving AND #AuthZ_State = :state'

/** Tokens and status change together: there is no moment at which one is there without the other. */
export async function authorize(
  { Device_code, AuthZ_State }: DeviceRequest,
  tokens: Sealed,
): Promise<boolean> {
  return await changed(
    Device_code,
    'Change',
    'SET #Status = :authorized, #Tokens = :tokens REMOVE #AuthZ_State, #AuthZ_Verifier_code',
    sameApproval,
    {
      ':approving': 'approving',
      ':authorized': 'authorized',
      ':state': AuthZ_State,
      ':tokens': tokens,
    },
  )
}

/** Back to where the person can decide once more. */
export async function giveBack({ Device_code, AuthZ_State }: DeviceRequest): Promise<boolean> {
  return await changed(
    Device_code,
    'Change',
    'SET #Status = :pending REMOVE #Subject, #AuthZ_State, #AuthZ_Verifier_code',
    sameApproval,
    { ':approving': 'approving', ':pending': 'pending', ':state': AuthZ_State },
  )
}

/** Of those who ask at the same moment one has it, and the tokens are gone. */
export async function consume({ Device_code }: DeviceRequest): Promise<boolean> {
  return await changed(
    Device_code,
    'Change',
    'SET #Status = :consumed REMOVE #Tokens',
    '#Status = :authorized',
    { ':authorized': 'authorized', ':consumed': 'consumed' },
  )
}

/** Guesses of a person are counted before they are looked at: none is free, however many come at once. */
export async function mayGuess(subject: string, nowMs: number): Promise<boolean> {
  const key = `guesses:${subject}`
  const untilMs = nowMs + settings.codeExpirationMs
  const isFirst = await changed(
    key,
    'Change',
    'SET #Guesses = :one, #Max_expiry = :until, #Expires_at = :gone',
    'attribute_not_exists(#Device_code) OR #Max_expiry <= :now',
    { ':one': 1, ':now': nowMs, ':until': untilMs, ':gone': Math.ceil(untilMs / 1000) },
  )
  if (isFirst) return true
  return await changed(key, 'Change', 'SET #Guesses = #Guesses + :one', '#Guesses < :most', {
    ':one': 1,
    ':most': settings.guessesMax,
  })
}

/** A code that was right is no guess. */
export async function notGuessed(subject: string): Promise<void> {
  await changed(
    `guesses:${subject}`,
    'Change',
    'SET #Guesses = #Guesses - :one',
    '#Guesses > :none',
    {
      ':one': 1,
      ':none': 0,
    },
  )
}
