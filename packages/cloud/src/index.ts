export { identityOwner, type UnusedGrant, unusedGrantText } from '@cloud-orrery/policy'
export { type CallOptions, call, callByName } from './call.ts'
export { Cloud, type CloudOptions } from './cloud.ts'
export { type ClientOptions, client, createCloud } from './create-cloud.ts'
export { type Assembly, readAssembly, type StackSource } from './deploy/assembly.ts'
export { cachedAssembly } from './deploy/assembly-cache.ts'
export { type DeployedStack, type DeployOptions, deploy, destroy } from './deploy/deploy.ts'
export {
  type DeployTarget,
  inProcessTarget,
  isRest,
  lastStatus,
  type StackProgress,
} from './deploy/target.ts'
export { answer } from './door.ts'
export { answerDns, type DnsDoor, type DnsOptions } from './doors/dns.ts'
export {
  authorityFile,
  InstallationAuthority,
  trustFolder,
} from './doors/installation-authority.ts'
export { explainEntry } from './explain.ts'
export { type FetchOptions, fetchFromCloud } from './fetch.ts'
export { judgementsOf } from './judgements.ts'
export type { InternetHost } from './outbound.ts'
export { type Past, Present, RememberedPast } from './past.ts'
export { coverageOf, type GrantCoverage, grantCoverage } from './policies/grant-coverage.ts'
export { heldPolicies } from './policies/held-policies.ts'
export type { LeastOfPrincipal } from './policies/least-of.ts'
export { type Observation, observe } from './policies/observation.ts'
export {
  type PrincipalQuestion,
  type PrincipalReport,
  principalReports,
  prunedReport,
} from './policies/principal-report.ts'
export {
  type Proof,
  type ProofRow,
  prove,
  type TrialResult,
  type TryOut,
} from './policies/proof.ts'
export { replayedTrial } from './policies/replayed-trial.ts'
export { stackNames } from './policies/stack-resources.ts'
export type { PolicyTrial } from './policies/trial.ts'
export {
  compareReplay,
  type Recording,
  type ReplayEnd,
  type Replayed,
  record,
  replay,
} from './recording.ts'
export { SdkHandler } from './sdk-handler.ts'
export { type Listening, type ListenOptions, listen } from './server.ts'
export { shownEntry } from './shown-entries.ts'
export { type OpenSocket, openSocket, type SocketEnd } from './sockets.ts'
export { version } from './version.ts'
