resource "aws_dynamodb_table" "sessions" {
  name         = "sessions"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  range_key    = "created"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "unused"
    type = "N"
  }
}
