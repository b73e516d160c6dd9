resource "aws_cognito_user_pool" "p" {
  name = "pool"
  password_policy {
    min_length      = 8
    require_symbols = true
  }
  auto_verified_attributes = "email"
}
