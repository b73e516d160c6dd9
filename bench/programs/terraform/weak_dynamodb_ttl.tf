resource "aws_dynamodb_table" "t" {
  name           = "sessions"
  billing_mode   = "PROVISIONED"
  hash_key       = "id"
  read_capacity  = 5
  write_capacity = 5

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute = "expires"
    enabled   = true
  }
}
