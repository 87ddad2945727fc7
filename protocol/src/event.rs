//! What a postback says happened.
