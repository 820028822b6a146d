//! This context's DynamoDB access: one file a table, with each access pattern and its cost in
//! docs/contexts/marketplace.md.
