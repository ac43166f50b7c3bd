//! A function as AWS's own crate for Rust has it: https://docs.aws.amazon.com/lambda/latest/dg/lambda-rust.html

use lambda_runtime::{run, service_fn, Error, LambdaEvent};
use serde_json::{json, Value};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    println!("starts");
    run(service_fn(answer)).await
}

async fn answer(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let (payload, context) = event.into_parts();
    match payload["do"].as_str() {
        Some("fail") => Err("no good".into()),
        Some("panic") => panic!("a panic"),
        Some("exit") => std::process::exit(3),
        Some("print") => {
            println!("{}", payload["text"]);
            Ok(Value::Null)
        }
        _ => Ok(json!({
            "event": payload,
            "requestId": context.request_id,
            "arn": context.invoked_function_arn,
            "deadline": context.deadline,
            "name": context.env_config.function_name,
            "memory": context.env_config.memory,
            "version": context.env_config.version,
            "traced": context.xray_trace_id.is_some(),
        })),
    }
}
