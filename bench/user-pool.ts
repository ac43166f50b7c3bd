/**
 * A user pool of a million people: what a sign-in and a page of its list cost over those of a pool of a thousand, and what
 * a user takes in memory. Run: node bench/user-pool.ts [users], compiled.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Cloud, call, createCloud } from '@cloud-orrery/cloud'
import {
  AdminCreateUser,
  AdminSetUserPassword,
  CreateUserPool,
  CreateUserPoolClient,
  DescribeUserPool,
  InitiateAuth,
  ListUsers,
  RespondToAuthChallenge,
} from '@cloud-orrery/models/cognitoidp'
import { SrpClient } from './processes/srp-client.ts'
import { median, printTable, type Row } from './table.ts'

const largest = Number(process.argv[2] ?? 1_000_000)
const smallest = 1_000
const signIns = 300
/** What a page of a thousandth finds in the processor's caches lies all over the memory here. */
const sizeRatioMax = 3
const kilobytesMax = 4
const password = 'Correct-horse-1'

setFlagsFromString('--expose-gc')
// The flag gives new contexts the function.
const collect = runInNewContext('gc') as () => void

/** What is held once garbage is collected, in bytes. */
function heldBytes(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

interface People {
  readonly cloud: Cloud
  readonly UserPoolId: string
  readonly ClientId: string
}

async function newPool(): Promise<People> {
  const cloud = createCloud({ journalEntriesMax: 1_000 })
  const { UserPool } = await call(cloud, CreateUserPool, { PoolName: 'bench' })
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await call(cloud, CreateUserPoolClient, {
    UserPoolId,
    ClientName: 'app',
    ExplicitAuthFlows: [
      ...(['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH'] as const),
      'ALLOW_REFRESH_TOKEN_AUTH',
    ],
  })
  return { cloud, UserPoolId, ClientId: UserPoolClient?.ClientId ?? '' }
}

/** Names come in no order of their own, as people do. */
function nameOf(n: number): string {
  return `user-${((n * 7_368_787) % 100_000_007).toString().padStart(9, '0')}`
}

async function addUsers({ cloud, UserPoolId }: People, from: number, to: number): Promise<number> {
  const startedAt = performance.now()
  for (let n = from; n < to; n += 1) {
    const Username = nameOf(n)
    const UserAttributes = [
      { Name: 'email', Value: `${Username}@example.com` },
      { Name: 'email_verified', Value: 'true' },
      { Name: 'given_name', Value: 'Ann' },
    ]
    const user = { UserPoolId, Username, UserAttributes, TemporaryPassword: password }
    await call(cloud, AdminCreateUser, { ...user, MessageAction: 'SUPPRESS' })
  }
  return (performance.now() - startedAt) / (to - from)
}

/** Some of them, over the whole pool, who can sign in. */
async function readyUsers({ cloud, UserPoolId }: People, count: number): Promise<string[]> {
  const names = Array.from({ length: signIns }, (_, i) => nameOf(Math.floor((i * count) / signIns)))
  for (const Username of names) {
    await call(cloud, AdminSetUserPassword, {
      ...{ UserPoolId, Username, Password: password, Permanent: true },
    })
  }
  return names
}

async function byPassword({ cloud, ClientId }: People, USERNAME: string): Promise<number> {
  const startedAt = performance.now()
  const { AuthenticationResult } = await call(cloud, InitiateAuth, {
    ...{ ClientId, AuthFlow: 'USER_PASSWORD_AUTH' },
    AuthParameters: { USERNAME, PASSWORD: password },
  })
  if (AuthenticationResult?.AccessToken === undefined) throw new Error(`${USERNAME} is not in`)
  return performance.now() - startedAt
}

/** The client's own work is not counted. */
async function bySrp({ cloud, ClientId, UserPoolId }: People, USERNAME: string): Promise<number> {
  const client = new SrpClient()
  const startedAt = performance.now()
  const { ChallengeParameters = {}, Session } = await call(cloud, InitiateAuth, {
    ...{ ClientId, AuthFlow: 'USER_SRP_AUTH' },
    AuthParameters: { USERNAME, SRP_A: client.publicValue },
  })
  const askedMs = performance.now() - startedAt
  const now = cloud.kernel.clock.nowMs
  const ChallengeResponses = client.answer(UserPoolId, password, ChallengeParameters, now)
  const answeredAt = performance.now()
  const { AuthenticationResult } = await call(cloud, RespondToAuthChallenge, {
    ...{ ClientId, ChallengeName: 'PASSWORD_VERIFIER', Session, ChallengeResponses },
  })
  if (AuthenticationResult?.AccessToken === undefined) throw new Error(`${USERNAME} is not in`)
  return askedMs + performance.now() - answeredAt
}

/** Median times of the same sign-in in both pools, in turns. */
async function inBoth(
  signIn: (people: People, name: string) => Promise<number>,
  count: number,
): Promise<readonly [number, number]> {
  const [inFew, inMany]: number[][] = [[], []]
  for (let i = -20; i < count; i += 1) {
    const at = (i + 20) % signIns
    const fewMs = await signIn(few, readyFew[at] ?? '')
    const manyMs = await signIn(many, readyMany[at] ?? '')
    if (i < 0) continue
    inFew?.push(fewMs)
    inMany?.push(manyMs)
  }
  return [median(inMany ?? []), median(inFew ?? [])]
}

/** Pages from the first to the last: the time of one, and of one of the last hundred. */
async function walk({ cloud, UserPoolId }: People) {
  const times: number[] = []
  let [listed, inOrder, last] = [0, true, '']
  let PaginationToken: string | undefined
  do {
    const startedAt = performance.now()
    const page = await call(cloud, ListUsers, { UserPoolId, Limit: 60, PaginationToken })
    times.push(performance.now() - startedAt)
    for (const { Username = '' } of page.Users ?? []) {
      inOrder &&= Username > last
      last = Username
      listed += 1
    }
    PaginationToken = page.PaginationToken
  } while (PaginationToken !== undefined)
  return { pageMs: median(times), lastPagesMs: median(times.slice(-100)), listed, inOrder }
}

/** A search by the first letters of an address, of which one user has them. */
async function searchMs({ cloud, UserPoolId }: People, count: number): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 200; i += 1) {
    const Filter = `email ^= "${nameOf(Math.floor((i * count) / 200))}@"`
    const startedAt = performance.now()
    const { Users = [] } = await call(cloud, ListUsers, { UserPoolId, Filter })
    times.push(performance.now() - startedAt)
    if (Users.length !== 1) throw new Error(`${Filter} found ${Users.length}`)
  }
  return median(times)
}

const few = await newPool()
await addUsers(few, 0, smallest)
const many = await newPool()
await addUsers(many, 0, smallest)
const before = heldBytes()
const createMs = await addUsers(many, smallest, largest)
const kilobytes = (heldBytes() - before) / (largest - smallest) / 1024
const readyFew = await readyUsers(few, smallest)
const readyMany = await readyUsers(many, largest)
const passwordMs = await inBoth(byPassword, signIns)
const srpMs = await inBoth(bySrp, 100)
await walk(few)
const fewPages = await walk(few)
const manyPages = await walk(many)
const fewSearchMs = await searchMs(few, smallest)
const manySearchMs = await searchMs(many, largest)
const { UserPool } = await call(many.cloud, DescribeUserPool, { UserPoolId: many.UserPoolId })
few.cloud.close()
many.cloud.close()

function ratioRow(what: string, [manyMs, fewMs]: readonly [number, number]): Row {
  const ratio = manyMs / fewMs
  return {
    what: `${what}, ${largest.toLocaleString('en')} users over ${smallest.toLocaleString('en')}`,
    value: `${ratio.toFixed(2)}x (${manyMs.toFixed(2)} ms over ${fewMs.toFixed(2)} ms)`,
    target: `<= ${sizeRatioMax}x`,
    ok: ratio <= sizeRatioMax,
  }
}

const isWhole =
  manyPages.listed === largest && manyPages.inOrder && UserPool?.EstimatedNumberOfUsers === largest
if (!isWhole)
  throw new Error(`${manyPages.listed} users were listed, in order: ${manyPages.inOrder}`)
printTable('A large user pool', [
  ratioRow('sign-in by password', passwordMs),
  ratioRow('sign-in by SRP, without the client’s part', srpMs),
  ratioRow('page of 60 users of the whole list, in order', [manyPages.pageMs, fewPages.pageMs]),
  ratioRow('one of the last hundred pages', [manyPages.lastPagesMs, fewPages.pageMs]),
  ratioRow('users whose address begins so', [manySearchMs, fewSearchMs]),
  {
    what: 'memory of a user',
    value: `${kilobytes.toFixed(1)} KB (made in ${createMs.toFixed(2)} ms by AdminCreateUser)`,
    target: `<= ${kilobytesMax} KB`,
    ok: kilobytes <= kilobytesMax,
  },
])
