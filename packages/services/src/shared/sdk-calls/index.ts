export { javaServiceName, type SdkError, sdkError } from './error-names.ts'
export {
  type InputOfJson,
  inputFromJson,
  isoText,
  type Json,
  outputToJson,
  pascalCase,
} from './json.ts'
export { type SdkCall, sdkCall } from './sdk-call.ts'
