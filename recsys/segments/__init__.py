"""Sets of shoppers by rule, likeness or want: who belongs, how sure that is, who is left out."""
